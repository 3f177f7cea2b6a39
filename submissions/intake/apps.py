"""The way in: the worker's drains, and what is read from the table by the clock."""

import threading
from functools import partial
from typing import Any

from celery.signals import worker_ready
from django.apps import AppConfig

from campaignhub.startup import beside_requests


class IntakeConfig(AppConfig):
    name = "submissions.intake"
    verbose_name = "Intake"

    def ready(self) -> None:
        """Have every web process and every worker report that it is alive."""
        from submissions.intake.services.heartbeats import beat_until_the_end

        beside_requests(partial(beat_until_the_end, "web"))
        worker_ready.connect(_beat_beside_tasks, weak=False)


def _beat_beside_tasks(sender: Any, **_: object) -> None:
    """Report for a worker from its main process, whatever its tasks do."""
    from submissions.intake.services.heartbeats import beat_until_the_end

    kind = f"worker {str(sender.hostname).partition('@')[0]}"
    threading.Thread(target=beat_until_the_end, args=(kind[:40],), daemon=True).start()
