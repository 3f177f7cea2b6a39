"""When winning moments may lie: a campaign's time, narrowed to hours and weekdays of its own zone."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = tuple(range(7))
"""Monday is 0."""
_STEP = timedelta(minutes=15)
"""Every change of a clock since 1972 falls on such a boundary of UTC."""


@dataclass(frozen=True)
class Span:
    """A time in which moments may lie; ``end`` is exclusive, both are UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start


@dataclass(frozen=True)
class Hours:
    """From which hour of the local day until which; 0 to 24 is the whole day, 22 to 6 a night."""

    start: int = 0
    end: int = 24

    def parts(self) -> tuple[tuple[int, int], ...]:
        """Return them as parts of one day, each with its start before its end."""
        if self.start < self.end:
            return ((self.start, self.end),)
        return ((0, self.end), (self.start, 24)) if self.start > self.end else ((0, 24),)


def open_spans(
    opens_at: datetime,
    closes_at: datetime,
    *,
    zone: str,
    hours: Hours = Hours(),
    weekdays: Collection[int] = WEEKDAYS,
) -> list[Span]:
    """Return the spans between opening and close that hours and weekdays allow, in order.

    They are read on the clock of ``zone``: an hour that the clock skips is in no span,
    and one that comes twice is in both times it comes.
    """
    tz = ZoneInfo(zone)
    day = opens_at.astimezone(tz).date()
    last = closes_at.astimezone(tz).date()
    found: list[Span] = []
    while day <= last:
        if day.weekday() in weekdays:
            for piece in _pieces(day, tz):
                for start, end in _within(piece, day, hours):
                    _add(found, max(start, opens_at), min(end, closes_at))
        day += timedelta(days=1)
    return found


def _add(spans: list[Span], start: datetime, end: datetime) -> None:
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if start >= end:
        return
    if spans and spans[-1].end == start:
        start = spans.pop().start
    spans.append(Span(start, end))


@dataclass(frozen=True)
class _Piece:
    """A part of a local day with one offset."""

    start: datetime
    end: datetime
    offset: timedelta


def _pieces(day: date, tz: ZoneInfo) -> Iterator[_Piece]:
    start = datetime.combine(day, time(), tz).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), tz).astimezone(UTC)
    at = start
    while at < end:
        offset = _offset(at, tz)
        until = at
        while until < end and _offset(until, tz) == offset:
            until = min(until + _STEP, end)
        yield _Piece(at, until, offset)
        at = until


def _offset(at: datetime, tz: ZoneInfo) -> timedelta:
    offset = at.astimezone(tz).utcoffset()
    assert offset is not None
    return offset


def _within(piece: _Piece, day: date, hours: Hours) -> Iterator[tuple[datetime, datetime]]:
    midnight = datetime.combine(day, time(), UTC) - piece.offset
    for first, last in hours.parts():
        start = max(piece.start, midnight + timedelta(hours=first))
        end = min(piece.end, midnight + timedelta(hours=last))
        if start < end:
            yield start, end
