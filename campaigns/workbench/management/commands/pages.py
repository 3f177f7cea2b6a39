"""The pages of published campaigns: put them with changed templates, go back, take one down, put it back."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from campaignhub.errors import DomainError
from campaigns.accounts.tenancy import unscoped
from campaigns.publishing.models import Placement
from campaigns.publishing.services import pages
from campaigns.setup.models import Campaign

_WORDS = {None: "as it was", True: "written", False: "not everywhere yet"}


class Command(BaseCommand):
    help = (
        "update: put every published page as this version's templates make it; back: show each "
        "again as it was before; down, up: take the named pages off the net, put them back. "
        "Can be run again: what is done already is left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do, and for which campaigns."""
        parser.add_argument("action", choices=["update", "back", "down", "up"])
        parser.add_argument("slug", nargs="*", help="all campaigns if none is named")

    @unscoped("every client's pages are written")
    def handle(self, *_args: Any, **options: Any) -> None:
        """Act on page after page, each of which is switched in one step; go on after a failure."""
        action, slugs = options["action"], set(options["slug"])
        unknown = slugs - set(Campaign.objects.values_list("slug", flat=True))
        if unknown:
            raise CommandError(f"There is no campaign {', '.join(sorted(unknown))}.")
        if action in ("down", "up"):
            if not slugs:
                raise CommandError("Name the campaigns whose pages are meant.")
            acts = {"down": pages.take_page_down, "up": pages.put_page_back}
            found = list(Campaign.objects.filter(slug__in=slugs).order_by("slug"))
            self._each(found, lambda one: acts[action](one, actor=None, at=timezone.now()))
            return
        places = [
            place
            for place in pages.published_placements()
            if not slugs or place.campaign.slug in slugs
        ]
        if action == "update":
            self._each(places, lambda one: pages.update_page(one, actor=None, at=timezone.now()))
        else:
            self._each(places, _back)

    def _each(self, rows: list[Any], act: Callable[[Any], bool | None]) -> None:
        failed = []
        for number, row in enumerate(rows, start=1):
            try:
                words = _WORDS[act(row)]
            except DomainError as error:
                words = error.message
            if words not in (_WORDS[None], _WORDS[True]):
                failed.append(str(row))
            self.stdout.write(f"{number}/{len(rows)} {row}: {words}")
            self.stdout.flush()
        if failed:
            raise CommandError(f"Not done: {', '.join(failed)}. Run this again.")


def _back(place: Placement) -> bool | None:
    if not place.earlier_page_version:
        return None
    return pages.roll_page_back(place, actor=None, at=timezone.now())
