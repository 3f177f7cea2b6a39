"""``manage.py drain``: brings what the queues hold into the database, until SIGTERM or Ctrl-C."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from campaignhub.postgresql.limits import limit_statements
from submissions.intake.drains import drain_until, drains

STATEMENT_SECONDS = 15
"""A batch takes a fraction of a second. One that hangs comes again, when its visibility is over."""


class Command(BaseCommand):
    """Drain the queues of plain JSON; several of these processes share the work."""

    help = "Drain the mirror queue and the mail service's notices; with INGEST_CONSUMER=celery submissions too."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until stopped."""
        limit_statements(STATEMENT_SECONDS)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        wanted = drains()
        self.stdout.write(f"drain ready: {', '.join(drain.name for drain in wanted)}")
        drain_until(stop, wanted)
