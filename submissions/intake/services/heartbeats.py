"""Signs of life: which process runs what, since when, and its last error."""

import atexit
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache

from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from submissions.intake.models import Heartbeat

logger = logging.getLogger(__name__)
EVERY_SECONDS = 10
STANDS_SECONDS = 15
"""A loop that did not turn for so long hangs: it turns several times a second."""
LATE = timedelta(minutes=2)
"""What was not heard of for so long is taken to be down."""
SILENT = timedelta(seconds=40)
"""Four reports that did not come: it may hang. A step of a drain ends within :data:`LATE`."""
SUCCEEDED = timedelta(minutes=10)
"""After which one that is down is forgotten, where another of its kind lives."""
REMEMBERED = timedelta(days=7)
"""The last of a kind stays so long: that nothing of the kind lives is what has to be seen."""


def beat(
    kind: str,
    *,
    at: datetime,
    number: int = 1,
    handled: int = 0,
    round_seconds: float | None = None,
    last_error: str = "",
) -> None:
    """Note that this part of this process is alive, how much it has handled and what its last round met.

    ``last_error`` is the name of an error and of what it met, never its text, which may hold what people typed.
    """
    Heartbeat.objects.update_or_create(
        id=_name(kind, number),
        defaults={
            "at": at,
            "handled": handled,
            "round_seconds": round_seconds,
            "last_error": last_error[:200],
        },
        create_defaults={
            "kind": kind,
            "number": number,
            "host": _host(),
            "pid": os.getpid(),
            "since": at,
            "at": at,
            "handled": handled,
            "round_seconds": round_seconds,
            "last_error": last_error[:200],
        },
    )


def end_beat(kind: str, *, number: int = 1) -> None:
    """Forget a part of this process that was stopped in order: it is not missed."""
    Heartbeat.objects.filter(pk=_name(kind, number)).delete()


class Turns:
    """Whether a loop goes on turning: a thread beside it lives on where the loop hangs or has ended."""

    def __init__(self) -> None:
        self._at = time.monotonic()

    def note(self) -> None:
        """Note a turn; called from the loop."""
        self._at = time.monotonic()

    def go_on(self) -> bool:
        """Tell whether there was one lately."""
        return time.monotonic() - self._at < STANDS_SECONDS


def beat_until_the_end(
    kind: str,
    *,
    stopped: threading.Event | None = None,
    lives: Callable[[], bool] = lambda: True,
) -> None:
    """Report every few seconds that this process is alive, until it ends or ``stopped`` is set.

    Where what it does is done by another thread, ``lives`` answers for that one.
    """
    ends = stopped or threading.Event()
    atexit.register(_leave, kind, ends)
    while not ends.is_set():
        if lives():
            try:
                beat(kind, at=timezone.now())
            except DatabaseError as error:
                logger.warning("heartbeat: %s", type(error).__name__)
        close_old_connections()
        ends.wait(EVERY_SECONDS)
    connections.close_all()


def _leave(kind: str, ends: threading.Event) -> None:
    """Forget a process that ends; its thread must not report it again while it does."""
    ends.set()
    with suppress(DatabaseError):
        end_beat(kind)


def sweep(*, at: datetime) -> int:
    """Forget those that are down and have a successor, and after a week the others; return how many.

    A deploy leaves the rows of the processes before it. The last of a kind stays, for
    without it nobody would see that nothing does its work.
    """
    living = Heartbeat.objects.filter(at__gt=at - LATE).values("kind")
    succeeded = Heartbeat.objects.filter(at__lte=at - SUCCEEDED, kind__in=living)
    forgotten = Heartbeat.objects.filter(at__lte=at - REMEMBERED)
    return succeeded.delete()[0] + forgotten.delete()[0]


def is_late(beat: Heartbeat, *, at: datetime) -> bool:
    """Tell whether one is taken to be down."""
    return at - beat.at > LATE


def is_silent(beat: Heartbeat, *, at: datetime) -> bool:
    """Tell whether one has left out reports."""
    return at - beat.at > SILENT


def _name(kind: str, number: int) -> str:
    return f"{kind}-{number}@{_host()}:{os.getpid()}"


@cache
def _host() -> str:
    """The name of this machine; of a container on Fargate its address, which is its own."""
    return socket.gethostname()[:120]
