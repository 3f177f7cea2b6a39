"""A breaker: after three failures in a row a round pauses, then tries once, and says so."""

from dataclasses import dataclass

FAILURES = 3
PAUSE_SECONDS = (5.0, 10.0, 20.0)
"""The pauses grow to twenty seconds: what comes back is noticed within thirty."""


@dataclass
class Breaker:
    """Counts failures in a row. Pure: the time comes in as ``now``, in seconds of any clock."""

    failures: int = 0
    paused_until: float | None = None

    def admits(self, now: float) -> bool:
        """Tell whether a turn may begin; after the pause that is the one that is tried (half-open)."""
        return self.paused_until is None or now >= self.paused_until

    def succeeded(self) -> bool:
        """Note a success; tell whether it closes an open breaker."""
        was_open = self.paused_until is not None
        self.failures, self.paused_until = 0, None
        return was_open

    def failed(self, now: float) -> float | None:
        """Note a failure; return the seconds that the breaker stays open, or ``None`` while it is closed."""
        self.failures += 1
        if self.failures < FAILURES:
            return None
        seconds = PAUSE_SECONDS[min(self.failures - FAILURES, len(PAUSE_SECONDS) - 1)]
        self.paused_until = now + seconds
        return seconds
