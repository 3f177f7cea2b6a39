"""When moments may lie: the campaign's own clock, through the nights on which it changes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.prizes.rules.opening import Hours, Span, open_spans

LONDON = "Europe/London"
ZONES = (LONDON, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Havana")


def hours_of(spans: list[Span]) -> float:
    """Return how long spans are in all."""
    return sum((span.length for span in spans), timedelta()) / timedelta(hours=1)


def test_the_whole_time_is_one_span() -> None:
    opens, closes = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    assert open_spans(opens, closes, zone=LONDON) == [Span(opens, closes)]


@pytest.mark.parametrize(
    ("day", "hours", "length"),
    [
        ("2026-03-29", Hours(0, 24), 23),  # the clock skips 01:00 to 02:00
        ("2026-03-29", Hours(0, 2), 1),
        ("2026-03-29", Hours(1, 2), 0),
        ("2026-10-25", Hours(0, 24), 25),  # 01:00 to 02:00 comes twice
        ("2026-10-25", Hours(1, 2), 2),
        ("2026-10-25", Hours(8, 22), 14),
        ("2026-06-10", Hours(22, 6), 8),
    ],
)
def test_a_night_of_the_change_has_the_hours_that_its_clock_shows(
    day: str, hours: Hours, length: int
) -> None:
    tz = ZoneInfo(LONDON)
    opens = datetime.fromisoformat(day).replace(tzinfo=tz)
    closes = (datetime.fromisoformat(day) + timedelta(days=1)).replace(tzinfo=tz)
    assert hours_of(open_spans(opens, closes, zone=LONDON, hours=hours)) == length


@given(
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)),
    minutes=st.integers(1, 9 * 24 * 60),
    first=st.integers(0, 23),
    last=st.integers(1, 24),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    probe=st.floats(0, 1, exclude_max=True),
)
def test_an_instant_is_in_a_span_when_its_clock_and_weekday_are_allowed(
    zone: str,
    start: datetime,
    minutes: int,
    first: int,
    last: int,
    weekdays: set[int],
    probe: float,
) -> None:
    opens = start.replace(tzinfo=UTC)
    closes = opens + timedelta(minutes=minutes)
    spans = open_spans(opens, closes, zone=zone, hours=Hours(first, last), weekdays=weekdays)
    assert all(one.end < other.start for one, other in pairwise(spans))
    # Rounded to microseconds it may be the close, which is no part of the time.
    at = min(opens + (closes - opens) * probe, closes - timedelta(microseconds=1))
    local = at.astimezone(ZoneInfo(zone))
    if first < last:
        within = first <= local.hour < last
    else:
        within = local.hour >= first or local.hour < last or first == last
    expected = local.weekday() in weekdays and within
    assert any(span.start <= at < span.end for span in spans) is expected
