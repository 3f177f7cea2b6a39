"""How a round, a drain or a periodic task fares: its breaker, in logs and in a row that Operations reads."""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.db import DatabaseError
from django.utils import timezone
from kombu.exceptions import OperationalError

from campaignhub.clock.breaker import Breaker
from campaignhub.clock.models import RoundState
from campaignhub.clock.turns import Away

logger = logging.getLogger(__name__)

WRITE_SECONDS = 10
"""Between two writes that say nothing new."""

FORESEEN = (Away, BotoCoreError, ClientError, DatabaseError, OperationalError, OSError)
"""What a dependency that is away raises: said in one line. Anything else is a bug, with its traceback."""


class RoundStatus:
    """Keeps the breaker of one round, and writes down how the round fares.

    A database that is away is no reason to fail here: what could not be written is
    written the next time.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._breaker = Breaker()
        self._began = 0.0
        self._next_write = 0.0
        self._changed = False
        self._row: dict[str, Any] = {}

    def admits(self) -> bool:
        """Tell whether the breaker lets a turn begin."""
        return self._breaker.admits(time.monotonic())

    def begins(self) -> None:
        """Note that a turn begins."""
        if self._breaker.paused_until is not None:
            logger.warning("%s: tries once after its pause", self.name)
        self._began = time.monotonic()
        self._row["began_at"] = timezone.now()

    def succeeded(self) -> None:
        """Note that the turn succeeded."""
        had_failed = self._breaker.failures > 0
        if self._breaker.succeeded():
            logger.warning("%s: works again, its breaker is closed", self.name)
        self._changed |= had_failed
        self._row |= {
            "ended_at": timezone.now(),
            "seconds": round(time.monotonic() - self._began, 3),
            "failures": 0,
            "paused_until": None,
            "last_error": "",
        }
        self._write()

    def failed(self, exc: BaseException, *, fault: str = "") -> None:
        """Note that the turn failed, and open the breaker at the third failure in a row.

        ``fault`` says in words for operators what does not pass by itself.
        """
        last_error = (fault or error_name(exc))[:200]
        if fault:
            logger.error("%s: %s", self.name, fault)
        elif isinstance(exc, FORESEEN):
            logger.warning("%s: %s", self.name, last_error)
        else:
            logger.error("%s: unforeseen", self.name, exc_info=exc)
        pause = self._breaker.failed(time.monotonic())
        if pause is not None:
            logger.warning(
                "%s: %s failures in a row, its breaker is open for %g s",
                self.name,
                self._breaker.failures,
                pause,
            )
        self._changed = True
        self._row |= {
            "failures": self._breaker.failures,
            "paused_until": _until(pause),
            "last_error": last_error,
        }
        self._write()

    def _write(self) -> None:
        if not self._changed and time.monotonic() < self._next_write:
            return
        try:
            RoundState.objects.update_or_create(name=self.name, defaults=self._row)
        except DatabaseError as exc:
            logger.warning("%s: its state was not written (%s)", self.name, type(exc).__name__)
            return
        self._changed = False
        self._next_write = time.monotonic() + WRITE_SECONDS


def _until(pause: float | None) -> datetime | None:
    return None if pause is None else timezone.now() + timedelta(seconds=pause)


def error_name(exc: BaseException) -> str:
    """Name an error without its text, which may hold what people typed."""
    if isinstance(exc, Away):
        return str(exc)[:200]
    if isinstance(exc, ClientError):
        return f"{type(exc).__name__}: {exc.response.get('Error', {}).get('Code', '')}"[:200]
    if isinstance(exc, DatabaseError) and exc.__cause__ is not None:
        # Of the driver: `QueryCanceled` is a time limit, as behind another's lock, and no outage.
        return f"{type(exc).__name__}: {type(exc.__cause__).__name__}"[:200]
    return type(exc).__name__[:200]


class TaskStatus:
    """The same for a task whose turns run in one process or another: the row alone holds the breaker."""

    def __init__(self, name: str) -> None:
        self.name = name

    def admits(self) -> bool:
        """Tell whether the breaker lets a turn begin."""
        paused = RoundState.objects.filter(name=self.name, paused_until__gt=timezone.now())
        return not paused.exists()

    def succeeded(self, seconds: float) -> None:
        """Note that a turn succeeded, and close the breaker."""
        row = RoundState.objects.filter(name=self.name)
        if row.filter(paused_until__isnull=False).exists():
            logger.warning("%s: works again, its breaker is closed", self.name)
        row.update(
            ended_at=timezone.now(),
            seconds=round(seconds, 3),
            failures=0,
            paused_until=None,
            last_error="",
        )

    def failed(self, exc: BaseException) -> None:
        """Note that a turn failed, and open the breaker at the third failure in a row."""
        last_error = error_name(exc)
        if isinstance(exc, FORESEEN):
            logger.warning("%s: %s", self.name, last_error)
        else:
            logger.error("%s: unforeseen", self.name, exc_info=exc)
        try:
            row, _ = RoundState.objects.get_or_create(name=self.name)
            breaker = Breaker(failures=row.failures)
            pause = breaker.failed(time.monotonic())
            if pause is not None:
                logger.warning("%s: its breaker is open for %g s", self.name, pause)
            RoundState.objects.filter(name=self.name).update(
                failures=breaker.failures, paused_until=_until(pause), last_error=last_error
            )
        except DatabaseError as error:
            logger.warning("%s: its state was not written (%s)", self.name, type(error).__name__)
