"""A campaign's zone as plain numbers, for browsers that do not know it, or knew it before its rules changed."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from campaigns.rendering.content import PageContent

_AROUND = timedelta(days=400)
"""Before the opening and after the close: from the first notice to the last deadline of a winner."""
_ANY_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
"""Of a draft without dates, which shows no time either."""


def offsets_of(content: PageContent) -> tuple[tuple[int, int], ...]:
    """Return (from when, minutes ahead of UTC) in order of time, from when in seconds since 1970.

    The first holds for all earlier times, too.
    """
    opens = content.opens_at or content.closes_at or _ANY_YEAR
    return _offsets(opens, content.closes_at or opens, content.timezone)


@lru_cache(maxsize=32)  # a preview renders the page for every file of it
def _offsets(opens: datetime, closes: datetime, timezone: str) -> tuple[tuple[int, int], ...]:
    zone = ZoneInfo(timezone)
    at, end = int((opens - _AROUND).timestamp()), int((closes + _AROUND).timestamp())
    found = [(at, _minutes(at, zone))]
    while at < end:
        later = at + _DAY_SECONDS
        if _minutes(later, zone) != found[-1][1]:
            found.append(_change(at, later, zone))
        at = later
    return tuple(found)


_DAY_SECONDS = 86_400


def _change(before: int, after: int, zone: ZoneInfo) -> tuple[int, int]:
    """Return the first second of the offset that holds at ``after`` and did not at ``before``."""
    earlier = _minutes(before, zone)
    while after - before > 1:
        between = (before + after) // 2
        if _minutes(between, zone) == earlier:
            before = between
        else:
            after = between
    return after, _minutes(after, zone)


def _minutes(at: int, zone: ZoneInfo) -> int:
    ahead = datetime.fromtimestamp(at, zone).utcoffset() or timedelta(0)
    return int(ahead.total_seconds()) // 60
