"""The way in: the worker's drains, and what is read from the table by the clock."""

import logging
import os
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from celery.signals import worker_ready
from django.apps import AppConfig

from campaignhub.startup import beside_requests

logger = logging.getLogger(__name__)
END_SECONDS = 10
"""What a worker whose tasks are done has for its end."""
_TURN_SECONDS = 2.0


class IntakeConfig(AppConfig):
    name = "submissions.intake"
    verbose_name = "Intake"

    def ready(self) -> None:
        """Have every web process and every worker report that it is alive."""
        from submissions.intake.services.heartbeats import beat_until_the_end

        beside_requests(partial(beat_until_the_end, "web"))
        worker_ready.connect(_beat_beside_tasks, weak=False)


def _beat_beside_tasks(sender: Any, **_: object) -> None:
    """Report for a worker from its main process, whatever its tasks do, for as long as its loop turns."""
    from submissions.intake.services.heartbeats import Turns

    kind, turns = f"worker {str(sender.hostname).partition('@')[0]}", Turns()
    sender.timer.call_repeatedly(_TURN_SECONDS, turns.note)
    threading.Thread(target=_beat_and_end, args=(kind[:40], turns.go_on), daemon=True).start()


def _beat_and_end(kind: str, lives: Callable[[], bool]) -> None:
    """Report until the process ends, and see to it that it does: one that hangs at its end is not started again.

    After an error that Celery does not foresee it waits for its processes, and some of them for it.
    """
    from submissions.intake.services.heartbeats import beat_until_the_end

    beat_until_the_end(kind, lives=lives)
    time.sleep(END_SECONDS)
    logger.error("%s: hangs at its end, and is ended", kind)
    os._exit(1)
