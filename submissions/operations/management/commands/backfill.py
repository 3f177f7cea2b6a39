"""``manage.py backfill``: rebuild the site's mirror from the table."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaignhub.ingest import IngestBusy
from campaigns.accounts.tenancy import unscoped
from submissions.operations.services.backfill import backfill


class Command(BaseCommand):
    """Read the whole table once and take everything in; exit with 1 where something was refused."""

    help = "Rebuild the site's mirror from the table. Nobody gets a mail; twice does no harm."

    @unscoped("the table holds every client's submissions")
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run it."""
        try:
            rebuilt = backfill(at=timezone.now(), progress=self._report)
        except IngestBusy as exc:
            raise CommandError("The table does not answer. Run it again.", returncode=2) from exc
        self.stdout.write(f"{rebuilt.taken} records taken in")
        if rebuilt.refused:
            reasons = ", ".join(f"{count} {why}" for why, count in sorted(rebuilt.refused.items()))
            raise CommandError(f"Some could not be taken in: {reasons}", returncode=1)

    def _report(self, taken: int) -> None:
        if taken % 10_000 < 200:
            self.stdout.write(f"{taken} …")
