"""Write every published campaign to table and host again, with block lists, partners' keys and names of token keys."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns.accounts.tenancy import unscoped
from campaigns.workbench.services.republish import parts, write_part


class Command(BaseCommand):
    help = (
        "Write every published campaign to the table and the site host again, and to the table "
        "the block lists and whom partners' keys belong to."
    )

    @unscoped("every client's campaigns are written again")
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Republish all; the same again changes nothing. Fails when something is still behind."""
        behind = []
        # All parts are named first, so that a database that is not there is said before anything is written.
        for part in list(parts()):
            name, trouble = write_part(part, at=timezone.now())
            if trouble:
                self.stderr.write(f"{name}: {trouble}")
                behind.append(name)
            else:
                self.stdout.write(f"{name}: written again.")
        if behind:
            raise CommandError(
                f"Not everywhere yet: {', '.join(behind)}. The worker tries again every few seconds."
            )
