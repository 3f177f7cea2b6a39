"""What a prize's settings come to: its open time, a sample of its moments, and how many are probably won."""

from datetime import datetime, timedelta
from random import Random

from campaigns.prizes.rules.drawing import Pace, draw_moments
from campaigns.prizes.rules.facts import PrizeFacts
from campaigns.prizes.rules.forecast import RUNS, Arrivals, Forecast, forecast
from campaigns.prizes.rules.opening import Hours, Span, open_spans

MOST_SAMPLED = 4_000
"""Of more moments a forecast takes so many, and as many entries fewer; the share is the same."""
_MOST_STEPS = 40_000
"""Of one forecast, so that a page is not slower for many moments."""


def spans_of(
    prize: PrizeFacts, opens_at: datetime, closes_at: datetime, *, zone: str
) -> list[Span]:
    """Return the time in which a prize's moments may lie."""
    hours = Hours(prize.from_hour, prize.until_hour)
    return open_spans(opens_at, closes_at, zone=zone, hours=hours, weekdays=prize.weekdays)


def draw(
    rng: Random,
    prize: PrizeFacts,
    count: int,
    opens_at: datetime,
    closes_at: datetime,
    *,
    zone: str,
) -> list[datetime]:
    """Return ``count`` moments of a prize: drawn, or from the list that was brought.

    Raises:
        ValueError: no time is open.
    """
    if prize.pace == Pace.LIST:
        return sorted(prize.brought or ())[:count]
    spans = spans_of(prize, opens_at, closes_at, zone=zone)
    return draw_moments(rng, spans, count, pace=Pace(prize.pace), zone=zone)


def forecast_of(
    prize: PrizeFacts,
    opens_at: datetime,
    closes_at: datetime,
    *,
    zone: str,
    expected: int,
    seed: str,
) -> Forecast:
    """Return how many of a prize's moments are probably won by so many expected entries.

    The same ``seed`` gives the same answer, so that a page does not flicker.
    """
    rng = Random(seed)  # noqa: S311 - a forecast
    count = min(prize.stock, MOST_SAMPLED)
    times = draw(rng, prize, count, opens_at, closes_at, zone=zone)
    arrivals = Arrivals(
        opens_at, closes_at, zone=zone, expected=round(expected * count / prize.stock)
    )
    window = timedelta(minutes=prize.window_minutes) if prize.window_minutes else None
    if prize.unclaimed == "void":
        window = timedelta(seconds=1)
    runs = max(4, min(RUNS, _MOST_STEPS // max(len(times), 1)))
    found = forecast(rng, times, arrivals, window=window, runs=runs)
    scale = prize.stock / count
    return Forecast(prize.stock, round(found.low * scale), round(found.usual * scale))
