"""``manage.py reconcile``: prove that the table and the site hold the same; repair the site."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaignhub.ingest import IngestBusy
from campaigns.accounts.tenancy import unscoped
from campaigns.setup.models import Campaign
from submissions.operations.models import LedgerCheck, LedgerRound
from submissions.operations.services.ledger import reconcile
from submissions.operations.services.ledger_rounds import compare_everything

QUARANTINE = "quarantine"
MOST_HOURS = 1_000_000
"""More than a century: longer ago than anything entered, and still a date."""


class Command(BaseCommand):
    """Compare, repair, report; exit with 1 where a gap remains.

    Without a narrower choice photos, messages and prizes are compared as well,
    for which the whole table is read.
    """

    help = "Compare the table with the site per campaign and hour of entry, and repair the site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what narrows the comparison."""
        parser.add_argument("--hours", type=_hours, help="only entries of the last so many hours")
        parser.add_argument("--campaign", help="only the campaign with this slug")
        parser.add_argument("--dry-run", action="store_true", help="compare, but repair nothing")

    @unscoped("the table holds every client's submissions")
    def handle(self, *_args: Any, **options: Any) -> None:
        """Run one comparison."""
        at = timezone.now()
        campaigns = None
        if options["campaign"] is not None:
            campaigns = list(Campaign.objects.filter(slug=options["campaign"]))
            if not campaigns:
                raise CommandError(f"There is no campaign “{options['campaign']}”.", returncode=2)
        repair, narrowed = not options["dry_run"], options["hours"] or campaigns
        try:
            check = reconcile(
                at=at,
                since=at - timedelta(hours=options["hours"]) if options["hours"] else None,
                campaigns=campaigns,
                repair=repair,
            )
            items = None if narrowed else compare_everything(at=timezone.now(), repair=repair)
        except IngestBusy as exc:
            raise CommandError("The table does not answer. Try again.", returncode=2) from exc
        self._print(check)
        self._print_items(items)
        self.stdout.write(f"queues: {_depths(check)}")
        differing = check.gaps + (items.gap_count if items else 0)
        if differing:
            raise CommandError(f"{differing} hours or items still differ.", returncode=1)

    def _print(self, check: LedgerCheck) -> None:
        for row in check.rows:
            states = ", ".join(f"{count} {state}" for state, count in sorted(row["stored"].items()))
            self.stdout.write(
                f"{row['campaign']}{' (test)' if row['is_test'] else ''} {row['hour']}: "
                f"table {sum(row['stored'].values())} ({states or 'none'}), site {row['mirrored']}; "
                f"{row['repaired']} repaired, {row['only_in_table']} only in the table, "
                f"{row['only_here']} only in the site"
            )
            for submission_id in row["gaps"]:
                self.stdout.write(f"  {submission_id}")
        since = f"from {check.since:%Y-%m-%d %H:%M}" if check.since else "from the first"
        self.stdout.write(f"compared: entries {since} to {check.until:%Y-%m-%d %H:%M} UTC")
        self.stdout.write(
            f"{check.hours} hours: {check.stored} in the table, {check.mirrored} in the site, "
            f"{check.repaired} repaired, {check.gaps} hours still differ"
        )

    def _print_items(self, items: LedgerRound | None) -> None:
        if items is None:
            self.stdout.write("photos, messages, prizes: not compared, as this was narrowed")
            return
        self.stdout.write(
            f"entries, photos, messages, prizes: {items.items} in the table, "
            f"{items.repaired} repaired, {items.gap_count} still differ"
        )
        for named in items.gaps:
            self.stdout.write(f"  {named}")


def _hours(text: str) -> int:
    hours = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    if not 1 <= hours <= MOST_HOURS:
        raise ArgumentTypeError(f"give a whole number of hours, from 1 to {MOST_HOURS:,}")
    return hours


def _depths(check: LedgerCheck) -> str:
    """Name each queue with its messages; quarantine has none in front that is not named already."""
    shown = {name: count for name, count in check.depths.items() if name != QUARANTINE}
    if f"{QUARANTINE}-dead" in shown:
        shown[QUARANTINE] = shown.pop(f"{QUARANTINE}-dead")
    return ", ".join(
        f"{name} {'not known' if count is None else count}" for name, count in shown.items()
    )
