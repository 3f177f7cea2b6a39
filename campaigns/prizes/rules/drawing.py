"""Drawing winning moments: at random over the open time, or evenly by the hour, day or week."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from campaigns.prizes.rules.opening import Span

_MS = timedelta(milliseconds=1)


class Pace(StrEnum):
    """How moments are spread."""

    RANDOM = "random"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    LIST = "list"


def draw_moments(
    rng: Random, spans: Sequence[Span], count: int, *, pace: Pace, zone: str
) -> list[datetime]:
    """Draw ``count`` instants in ``spans``, in order, to the millisecond.

    With a pace of hour, day or week each such period of ``zone`` gets its share by
    length, rounded up or down at random; inside a period they are random again, so
    that nobody can work out one from the other. ``rng`` is the system's own where it counts.

    Raises:
        ValueError: no time is open.
    """
    total = sum(_length(span) for span in spans)
    if not total:
        raise ValueError("No time is open.")
    if pace is Pace.RANDOM:
        return sorted(_at(spans, rng.randrange(total)) for _ in range(count))
    found: list[datetime] = []
    for period, share in zip(*_shares(rng, spans, count, pace, ZoneInfo(zone)), strict=True):
        length = sum(_length(span) for span in period)
        found += (_at(period, rng.randrange(length)) for _ in range(share))
    return sorted(found)


def _shares(
    rng: Random, spans: Sequence[Span], count: int, pace: Pace, tz: ZoneInfo
) -> tuple[list[list[Span]], list[int]]:
    """Return the periods and how many moments each gets: systematic sampling from one random start."""
    periods = _periods(spans, _cut_of(pace, tz))
    total = sum(_length(span) for span in spans)
    start, passed, given, shares = rng.randrange(total), 0, 0, []
    for period in periods:
        passed += sum(_length(span) for span in period)
        upto = (passed * count + start) // total
        shares.append(upto - given)
        given = upto
    return periods, shares


def _periods(spans: Sequence[Span], cut: Callable[[datetime], datetime]) -> list[list[Span]]:
    """Cut spans where a period ends, and put those of one period together."""
    periods: list[list[Span]] = []
    ends: datetime | None = None
    for span in spans:
        at = span.start
        while at < span.end:
            if ends is None or at >= ends:
                ends = cut(at)
                periods.append([])
            until = min(span.end, ends)
            periods[-1].append(Span(at, until))
            at = until
    return periods


def _cut_of(pace: Pace, tz: ZoneInfo) -> Callable[[datetime], datetime]:
    """Return what says when the period of an instant ends."""

    def end_of(at: datetime) -> datetime:
        if pace is Pace.HOUR:
            return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        local = at.astimezone(tz).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        days = 1 if pace is Pace.DAY else 7 - local.weekday()
        return (local + timedelta(days=days)).replace(tzinfo=tz).astimezone(at.tzinfo)

    return end_of


def _length(span: Span) -> int:
    return span.length // _MS


def _at(spans: Sequence[Span], offset: int) -> datetime:
    for span in spans:
        length = _length(span)
        if offset < length:
            return span.start + offset * _MS
        offset -= length
    raise AssertionError("the offset lies behind the last span")
