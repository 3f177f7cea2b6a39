"""The pages of campaigns that are published: with changed templates, back to what they were, off the net and on it.

None of this makes a release: what entrants agreed to stays, only how it is shown
changes. Each act is a decision about a placement, carried as every other.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from campaigns.hosting.files import version_of
from campaigns.publishing.models import Placement
from campaigns.publishing.services.lifecycle import decided
from campaigns.publishing.services.propagate import page_files, propagate, propagate_both
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from campaigns.setup.services.campaign import locked

_IN_USE = (CampaignState.LIVE, CampaignState.SCHEDULED)


class NoEarlierPage(DomainError):
    """The release that is live was shown in one way only, so there is no way back."""


class PageIsInUse(DomainError):
    """A page is taken down only when nobody can enter any more."""


def published_placements() -> Iterator[Placement]:
    """Return where campaigns have a page, live ones and tests; those without a release have none."""
    places = Placement.objects.filter(campaign__releases__isnull=False).distinct()
    for place in places.select_related("campaign").order_by("pk"):
        if place.campaign.releases.filter(is_test=place.is_test).exists():
            yield place


def update_page(place: Placement, *, actor: User | None, at: datetime) -> bool | None:
    """Put a page as this version's templates make it; tell whether table and host have it, None for no change.

    What is the same already costs a rendering and no call, so a run that was
    broken off is simply started again. Ends what :func:`roll_page_back` decided.
    """
    releases = list(place.campaign.releases.filter(is_test=place.is_test).order_by("-number"))
    is_same = version_of(page_files(releases)) == place.page_version
    if place.is_taken_down or (is_same and not place.is_page_kept and not place.is_behind):
        return None
    with transaction.atomic(durable=True):
        fresh = decided(locked(place.campaign), is_test=place.is_test)
        if fresh.is_page_kept:
            audit.record(place.campaign, "campaign.page_updated", actor=actor, at=at)
        Placement.objects.filter(pk=fresh.pk).update(is_page_kept=False)
    return propagate(place.campaign, is_test=place.is_test, at=at)


def roll_page_back(place: Placement, *, actor: User | None, at: datetime) -> bool:
    """Show the page as it was before its templates changed; tell whether table and host have it.

    It stays so until the next release or the next :func:`update_page`.

    Raises:
        NoEarlierPage: there is none of the release that is live.
    """
    with transaction.atomic(durable=True):
        campaign = locked(place.campaign)
        fresh = Placement.objects.get(pk=place.pk)
        if not fresh.earlier_page_version:
            raise NoEarlierPage(f"{campaign.name} has no earlier page of its release.")
        decided(campaign, is_test=fresh.is_test)
        Placement.objects.filter(pk=fresh.pk).update(
            page_version=fresh.earlier_page_version, earlier_page_version="", is_page_kept=True
        )
        audit.record(campaign, "campaign.page_rolled_back", actor=actor, at=at)
    return propagate(campaign, is_test=fresh.is_test, at=at)


def show_earlier_design(campaign: Campaign, *, actor: User, at: datetime) -> bool:
    """Show the live page as before its templates changed; tell whether table and host have it.

    Raises:
        NoEarlierPage: as :func:`roll_page_back`; also the second time.
    """
    return roll_page_back(_live_placement(campaign), actor=actor, at=at)


def show_latest_design(campaign: Campaign, *, actor: User, at: datetime) -> bool:
    """Show the live page as today's templates make it; tell whether table and host have it.

    Raises:
        NoEarlierPage: it has no page.
    """
    return update_page(_live_placement(campaign), actor=actor, at=at) is not False


def _live_placement(campaign: Campaign) -> Placement:
    place = campaign.placements.filter(is_test=False).select_related("campaign").first()
    if place is None or not campaign.releases.filter(is_test=False).exists():
        raise NoEarlierPage(f"{campaign.name} has no page yet.")
    return place


def take_page_down(campaign: Campaign, *, actor: User | None, at: datetime) -> bool:
    """Take a campaign's page and its test off the net; tell whether the host has done so.

    Raises:
        PageIsInUse: it is neither paused nor over.
    """
    with transaction.atomic(durable=True):
        campaign = locked(campaign)
        if campaign.state in _IN_USE:
            raise PageIsInUse(f"Pause {campaign.name} first, or close it for good.")
        _decide(campaign, is_down=True, actor=actor, at=at)
    return propagate_both(campaign, at=at)


def can_be_taken_down(campaign: Campaign) -> bool:
    """Tell whether there is a page on the net that nobody can enter by."""
    places = campaign.placements.filter(is_test=False, is_taken_down=False)
    return bool(campaign.first_published) and campaign.state not in _IN_USE and places.exists()


def put_page_back(campaign: Campaign, *, actor: User | None, at: datetime) -> bool:
    """Serve a page again that was taken down; tell whether the host has done so."""
    with transaction.atomic(durable=True):
        _decide(locked(campaign), is_down=False, actor=actor, at=at)
    return propagate_both(campaign, at=at)


def _decide(campaign: Campaign, *, is_down: bool, actor: User | None, at: datetime) -> None:
    """Decide it once: again, or by two at the same moment, it is as it was."""
    places = campaign.placements.all()
    if not places.exclude(is_taken_down=is_down).exists():
        return
    for place in places:
        decided(campaign, is_test=place.is_test)
    places.update(is_taken_down=is_down)
    code = "campaign.page_taken_down" if is_down else "campaign.page_put_back"
    audit.record(campaign, code, actor=actor, at=at)
