"""``manage.py restore_table``: put back into the table what this site has and it lacks."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from campaignhub.ingest import IngestBusy
from campaigns.accounts.tenancy import unscoped
from submissions.mirror.models import Submission
from submissions.operations.services.table_repair import TableRepair, go_on, mend_submission


class Command(BaseCommand):
    """Hold everything that is here against the table; exit with 1 where something could not be put back."""

    help = (
        "Put back what the table lacks, after a backup of it was restored. Run `republish` first "
        "and `reconcile` afterwards. It can be broken off and run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the one entry that is meant."""
        parser.add_argument(
            "--entry",
            help="only this entry, by id or reference: replace what of its item can't be read",
        )

    @unscoped("the table holds every client's submissions")
    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it."""
        if options["entry"] is not None:
            self._mend(options["entry"])
            return
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

    def _mend(self, named: str) -> None:
        try:
            wanted = Submission.objects.filter(pk=UUID(named))
        except ValueError:
            wanted = Submission.objects.filter(reference=named.upper())
        entry = wanted.first()
        if entry is None:
            raise CommandError("This site has no such entry.", returncode=2)
        try:
            mended = mend_submission(entry)
        except IngestBusy as exc:
            raise CommandError(
                "The table does not answer, or has another version than this site: run `reconcile`, "
                "then this again.",
                returncode=2,
            ) from exc
        done = f"replaced {', '.join(mended)}" if mended else "nothing to replace, it can be read"
        self.stdout.write(f"{entry.reference}: {done}")

    def _report(self, repair: TableRepair) -> bool:
        if repair.looked_at and repair.looked_at % 10_000 < 100:
            self.stdout.write(f"{repair.looked_at} compared, {repair.restored} put back …")
        return False
