"""How fast this process sends: as configured, and slower for a while where the mail service says so.

Each worker finds its own share: a refusal halves its pace, a round without one gives
a quarter back. So several workers that share an account's rate need not know of each
other (additive increase would take minutes to come back from a short refusal).
"""

import threading

from campaignhub.env import env

SLOWEST = 1 / 32
_REFUSED, _ACCEPTED = 0.5, 1.25


class Pace:
    """The share of the configured rate at which this process sends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._share = 1.0

    @property
    def per_second(self) -> float:
        """Mails a second."""
        return env().mails_per_second * self._share

    @property
    def is_slowest(self) -> bool:
        """Whether it can't be halved any more."""
        return self._share <= SLOWEST

    def slower(self) -> None:
        """Halve it, after a refusal of the rate."""
        with self._lock:
            self._share = max(SLOWEST, self._share * _REFUSED)

    def faster(self) -> None:
        """Raise it by a quarter, after a round without such a refusal."""
        with self._lock:
            self._share = min(1.0, self._share * _ACCEPTED)


PACE = Pace()
"""Of this process, whose rounds may overlap."""
