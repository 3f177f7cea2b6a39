"""How many moments will probably be won: simulated entries against a sample of moments."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

RUNS = 40
_BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 6, 7, 8, 9, 9, 9, 9, 8, 8, 8, 9, 10, 10, 10, 9, 7, 4)
"""How busy an hour of the local day is, as promotions of consumer goods are: little at night."""


@dataclass(frozen=True)
class Forecast:
    """What came of the runs: how many are won at least in nine of ten, and usually."""

    moments: int
    low: int
    usual: int

    @property
    def share(self) -> float:
        """The usual share that is won, 0 to 1."""
        return self.usual / self.moments if self.moments else 1.0


class Arrivals:
    """When entries come: more by day than at night, the same on every day."""

    def __init__(
        self, opens_at: datetime, closes_at: datetime, *, zone: str, expected: int
    ) -> None:
        self._starts: list[datetime] = []
        self._before: list[float] = []
        weights: list[float] = []
        tz, at = ZoneInfo(zone), opens_at.astimezone(UTC)
        while at < closes_at:
            until = min(at + timedelta(hours=1), closes_at)
            self._starts.append(at)
            weights.append(_BY_HOUR[at.astimezone(tz).hour] * (until - at).total_seconds())
            at = until
        self._ends = closes_at
        scale = expected / (sum(weights) or 1)
        self._sizes = [weight * scale for weight in weights]
        self.total = 0.0
        for size in self._sizes:
            self._before.append(self.total)
            self.total += size

    def upto(self, at: datetime) -> float:
        """Return how many entries are expected until ``at``."""
        index = max(bisect_right(self._starts, at) - 1, 0)
        start = self._starts[index]
        end = self._starts[index + 1] if index + 1 < len(self._starts) else self._ends
        share = (at - start) / (end - start)
        return self._before[index] + self._sizes[index] * min(max(share, 0.0), 1.0)


def forecast(
    rng: Random,
    moments: Sequence[datetime],
    arrivals: Arrivals,
    *,
    window: timedelta | None = None,
    runs: int = RUNS,
) -> Forecast:
    """Simulate how many of ``moments`` are won; ``window`` is how long one waits, for ever where it is none.

    Entries are a Poisson process: the next one after any instant is one exponential step
    away on the scale of expected entries, so a run costs the moments and not the entries.
    """
    due = [arrivals.upto(at) for at in sorted(moments)]
    ends = [arrivals.upto(at + window) for at in sorted(moments)] if window is not None else None
    won = sorted(_won(rng, due, ends, arrivals.total) for _ in range(runs))
    return Forecast(len(due), won[len(won) // 10], won[len(won) // 2])


def _won(rng: Random, due: list[float], ends: list[float] | None, total: float) -> int:
    won, last = 0, 0.0
    for number, start in enumerate(due):
        entered = max(start, last) + rng.expovariate(1.0)
        if entered > total:
            continue
        if ends is not None and entered > ends[number]:
            continue
        won, last = won + 1, entered
    return won
