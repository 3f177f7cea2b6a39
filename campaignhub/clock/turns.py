"""One turn of a round: how long it may take, and whether it is still this process's to take."""

import time
from collections.abc import Callable


class Away(Exception):
    """What a round needs did not answer, so the round's breaker counts the turn as failed.

    The message names the dependency, never what it said.
    """


class LeaseLost(Exception):
    """Another process runs the clock by now; whatever this one has in hand is not done."""


def _nothing() -> None:
    return None


class Turn:
    """The turn that a round takes: it asks between two steps whether there is time for another.

    Every step is bounded by the limits on its calls, so a turn overruns its budget
    by one step at most.
    """

    def __init__(
        self,
        seconds: float = float("inf"),
        *,
        ended: Callable[[], bool] = lambda: False,
        fence: Callable[[], None] = _nothing,
    ) -> None:
        self._ends_at = time.monotonic() + seconds
        self._ended = ended
        self._fence = fence

    def is_over(self) -> bool:
        """Tell whether the budget is spent, or the process is told to stop or lost its lease."""
        return time.monotonic() >= self._ends_at or self._ended()

    def fence(self) -> None:
        """Hold the lease until the transaction around this call ends.

        A process that slept through its lease may wake up in the middle of a turn.
        The lease's row is locked and compared here, so it changes nothing.

        Raises:
            LeaseLost: another process has the lease.
        """
        self._fence()


UNLIMITED = Turn()
"""The turn of a caller that no clock runs: a command, a person, a test."""
