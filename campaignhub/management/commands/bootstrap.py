"""``manage.py bootstrap``: what must be there before the embedded default serves."""

import io
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from campaignhub.private_files import write_private


class Command(BaseCommand):
    """Bring the database up to date, publish what an emptied table lost, and make the demo.

    One process for all three: starting Django costs more than any of them.
    """

    help = "Prepare the database and the demo; `manage.py up` calls it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where the demo's facts go, and whether the table and the pages are to be rewritten."""
        parser.add_argument("--into", type=Path, required=True)
        parser.add_argument("--republish", action="store_true")

    def handle(self, *_args: Any, into: Path, republish: bool, **_options: Any) -> None:
        """Do it. The demo prints one JSON object: ``accounts`` and ``campaigns`` of ``var/up.json``."""
        call_command("migrate", interactive=False, verbosity=0)
        if republish:
            call_command("republish")
        printed = io.StringIO()
        call_command("demo", stdout=printed)
        write_private(into, printed.getvalue())
