"""``manage.py clock``: opens, closes, expires and propagates what is due, and sends Celery's periodic tasks."""

import signal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from campaignhub.clock.lease import Lease, owner_name
from campaignhub.clock.rounds import ROUNDS
from campaignhub.clock.runner import Clock
from campaignhub.postgresql.limits import limit_statements

STATEMENT_SECONDS = 10
"""What a round asks the database takes milliseconds. One that hangs is found out, and the round goes on."""


class Command(BaseCommand):
    """Run the clock until SIGTERM or Ctrl-C. However many run, one of them works."""

    help = "Run the rounds that are due; of several processes one holds the lease and works."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until stopped."""
        limit_statements(STATEMENT_SECONDS)
        load_rounds()
        clock = Clock(ROUNDS.values(), Lease(owner_name()))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: clock.stop())
        self.stdout.write(f"clock ready: {len(ROUNDS)} rounds")
        if not clock.run():
            raise SystemExit(1)


def load_rounds() -> None:
    """Import the modules in which rooms declare their rounds and tasks."""
    import_module("campaignhub.clock.timetable")
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.tasks"):
            import_module(f"{config.name}.tasks")
