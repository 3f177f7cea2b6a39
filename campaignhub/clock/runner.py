"""The clock's process: every round in a thread of its own, so that none waits behind another that hangs."""

import logging
import threading
import time
from collections.abc import Iterable

from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from campaignhub.clock.lease import RENEW_SECONDS, Lease
from campaignhub.clock.rounds import Round
from campaignhub.clock.status import RoundStatus
from campaignhub.clock.turns import LeaseLost, Turn

logger = logging.getLogger(__name__)

STOP_SECONDS = 8
"""What a stop waits for rounds that are under way; what they leave is done by the next process."""
STUCK_SECONDS = 60
"""A turn that overruns its budget by so much hangs where no limit ends it: the process ends, and is started again."""


class Clock:
    """Runs rounds while it holds the lease."""

    def __init__(self, rounds: Iterable[Round], lease: Lease) -> None:
        self._rounds = list(rounds)
        self._lease = lease
        self._stop = threading.Event()
        self._since: dict[str, float] = {}

    def stop(self) -> None:
        """Let the turns under way end at their next step, and begin no other."""
        self._stop.set()

    def run(self) -> bool:
        """Run until stopped, and give up the lease; return ``False`` where a turn hung and the process has to end."""
        threads = [threading.Thread(target=self._renew, name="lease", daemon=True)]
        threads += [
            threading.Thread(target=self._repeat, args=(one,), name=one.name, daemon=True)
            for one in self._rounds
        ]
        for thread in threads:
            thread.start()
        while not self._stop.wait(1.0):
            if stuck := self._stuck():
                logger.error("%s: hangs beyond its budget; the clock starts again", stuck)
                self._stop.set()
                return False
        ends_at = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, ends_at - time.monotonic()))
        if not any(thread.is_alive() for thread in threads):
            self._release()
        return True

    def _stuck(self) -> str:
        now = time.monotonic()
        budgets = {one.name: one.budget_seconds for one in self._rounds}
        return next(
            (
                name
                for name, since in list(self._since.items())
                if now - since > budgets[name] + STUCK_SECONDS
            ),
            "",
        )

    def _renew(self) -> None:
        had = False
        while True:
            try:
                has = self._lease.take_or_renew(at=timezone.now())
            except DatabaseError as exc:
                logger.warning("lease: %s, trying again", type(exc).__name__)
                has = self._lease.holds(at=timezone.now())
            if has != had:
                logger.info("lease: %s", "this process runs the clock" if has else "another's")
            had = has
            close_old_connections()
            if self._stop.wait(RENEW_SECONDS if has else RENEW_SECONDS / 3):
                break
        connections.close_all()

    def _release(self) -> None:
        try:
            self._lease.release(at=timezone.now())
        except DatabaseError as exc:
            logger.warning("lease: not released (%s), it runs out", type(exc).__name__)
        connections.close_all()

    def _has_ended(self) -> bool:
        return self._stop.is_set() or not self._lease.holds(at=timezone.now())

    def _repeat(self, one: Round) -> None:
        status, due = RoundStatus(one.name), time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            due = time.monotonic() + min(one.every_seconds, 0.5)
            if self._has_ended() or not status.admits():
                continue
            due = time.monotonic() + one.every_seconds
            self._take_turn(one, status)
            close_old_connections()
        connections.close_all()

    def _take_turn(self, one: Round, status: RoundStatus) -> None:
        self._since[one.name] = time.monotonic()
        status.begins()
        turn = Turn(one.budget_seconds, ended=self._has_ended, fence=self._lease.fence)
        try:
            one.run(turn)
        except LeaseLost:
            logger.warning("%s: the lease is another's by now, nothing was done", one.name)
        except Exception as exc:  # noqa: BLE001 - counted and said; the round goes on
            status.failed(exc)
        else:
            status.succeeded()
        finally:
            del self._since[one.name]
