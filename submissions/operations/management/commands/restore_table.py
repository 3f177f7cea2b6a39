"""``manage.py restore_table``: put back into a restored table what this site has and it lacks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaignhub.ingest import IngestBusy
from campaigns.accounts.tenancy import unscoped
from submissions.operations.services.table_repair import TableRepair, go_on


class Command(BaseCommand):
    """Hold everything that is here against the table; exit with 1 where something could not be put back."""

    help = (
        "Put back what the table lacks, after a backup of it was restored. Run `republish` first "
        "and `reconcile` afterwards. It can be broken off and run again."
    )

    @unscoped("the table holds every client's submissions")
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run it."""
        repair = TableRepair()
        try:
            go_on(repair, enough=lambda: self._report(repair))
        except IngestBusy as exc:
            raise CommandError("The table does not answer. Run it again.", returncode=2) from exc
        self.stdout.write(f"{repair.looked_at} items compared, {repair.restored} put back")
        if repair.failed:
            raise CommandError(
                f"The table lacks the releases of {', '.join(repair.failed)}: run `republish`.",
                returncode=1,
            )

    def _report(self, repair: TableRepair) -> bool:
        if repair.looked_at and repair.looked_at % 10_000 < 100:
            self.stdout.write(f"{repair.looked_at} compared, {repair.restored} put back …")
        return False
