"""The lease of the clock: however many processes run, one of them runs the rounds."""

import os
import socket
import time
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from campaignhub.clock.models import ClockLease
from campaignhub.clock.turns import LeaseLost

NAME = "clock"
LEASE_SECONDS = 10
"""After a kill -9 the next process waits this long. The clocks of two machines may differ by less than that."""
RENEW_SECONDS = 3


def owner_name() -> str:
    """Name this process, as no earlier one was named."""
    return f"{socket.gethostname()[:60]}/{os.getpid()}/{time.time_ns()}"


class Lease:
    """One process's view of the lease.

    :meth:`holds` costs nothing and is asked before every step. :meth:`fence` is the
    proof: it compares the row under its lock.
    """

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._number = 0
        self._good_until = 0.0
        self._expires_at: datetime | None = None

    def take_or_renew(self, *, at: datetime) -> bool:
        """Renew the lease, or take it where nobody holds it; tell whether this process has it."""
        asked = time.monotonic()
        expires_at = at + timedelta(seconds=LEASE_SECONDS)
        number = self._written(at, expires_at)
        if number is None:
            self._good_until = 0.0
            return False
        self._number, self._expires_at = number, expires_at
        self._good_until = asked + LEASE_SECONDS
        return True

    @transaction.atomic
    def _written(self, at: datetime, expires_at: datetime) -> int | None:
        """Write the lease down as ours; return its number, ``None`` where another process has it."""
        row = ClockLease.objects.select_for_update().filter(name=NAME).first()
        if row is None:
            try:
                with transaction.atomic():
                    ClockLease.objects.create(
                        name=NAME,
                        owner=self._owner,
                        number=1,
                        renewed_at=at,
                        expires_at=expires_at,
                    )
            except IntegrityError:
                return None  # another process was quicker
            return 1
        if row.owner != self._owner:
            if row.owner and row.expires_at > at:
                return None
            row.owner, row.number = self._owner, row.number + 1
        row.renewed_at, row.expires_at = at, expires_at
        row.save()
        return row.number

    def holds(self, *, at: datetime) -> bool:
        """Tell whether the lease is this process's, by both clocks: one stands still while a machine sleeps."""
        return (
            time.monotonic() < self._good_until
            and self._expires_at is not None
            and at < self._expires_at
        )

    def fence(self) -> None:
        """Lock the row and compare its number; see :meth:`campaignhub.clock.turns.Turn.fence`."""
        row = ClockLease.objects.select_for_update().filter(name=NAME).first()
        if row is None or (row.owner, row.number) != (self._owner, self._number):
            raise LeaseLost

    def release(self, *, at: datetime) -> None:
        """Give the lease up, so that the next process need not wait for its end."""
        ClockLease.objects.filter(name=NAME, owner=self._owner).update(owner="", expires_at=at)
        self._good_until = 0.0
