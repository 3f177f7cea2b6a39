"""Drawing moments: as many as asked for, only where they may lie, evenly where that was chosen."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.prizes.rules.drawing import Pace, draw_moments
from campaigns.prizes.rules.opening import Hours, open_spans

LONDON = "Europe/London"
OPENS = datetime(2026, 10, 20, 7, tzinfo=UTC)


@given(
    seed=st.integers(),
    count=st.integers(0, 300),
    days=st.integers(1, 20),
    pace=st.sampled_from([pace for pace in Pace if pace is not Pace.LIST]),
    first=st.integers(0, 20),
    length=st.integers(1, 4),
)
def test_as_many_as_asked_for_lie_in_the_open_time_in_order(
    seed: int, count: int, days: int, pace: Pace, first: int, length: int
) -> None:
    closes = OPENS + timedelta(days=days)
    spans = open_spans(OPENS, closes, zone=LONDON, hours=Hours(first, first + length))
    times = draw_moments(Random(seed), spans, count, pace=pace, zone=LONDON)
    assert len(times) == count
    assert times == sorted(times)
    assert all(any(span.start <= at < span.end for span in spans) for at in times)


@given(seed=st.integers(), count=st.integers(0, 500))
def test_whole_days_get_the_same_number_or_one_more(seed: int, count: int) -> None:
    opens = datetime(2026, 10, 19, tzinfo=ZoneInfo(LONDON))
    closes = datetime(2026, 11, 2, tzinfo=ZoneInfo(LONDON))
    spans = open_spans(opens, closes, zone=LONDON, hours=Hours(8, 22))
    times = draw_moments(Random(seed), spans, count, pace=Pace.DAY, zone=LONDON)
    by_day = Counter(at.astimezone(ZoneInfo(LONDON)).date() for at in times)
    shares = [by_day.get((opens + timedelta(days=day)).date(), 0) for day in range(14)]
    assert max(shares) - min(shares) <= 1


def test_hours_and_weeks_are_even_too() -> None:
    opens = datetime(2026, 6, 1, tzinfo=ZoneInfo(LONDON))
    spans = open_spans(opens, opens + timedelta(weeks=4), zone=LONDON)
    hourly = draw_moments(Random(1), spans, 28 * 24 * 2, pace=Pace.HOUR, zone=LONDON)
    per_hour = Counter(at.replace(minute=0, second=0, microsecond=0) for at in hourly)
    assert set(per_hour.values()) == {2}
    weekly = draw_moments(Random(1), spans, 10, pace=Pace.WEEK, zone=LONDON)
    per_week = Counter(at.astimezone(ZoneInfo(LONDON)).isocalendar().week for at in weekly)
    assert sorted(per_week.values()) == [2, 2, 3, 3]


def test_without_open_time_nothing_is_drawn() -> None:
    with pytest.raises(ValueError, match="No time is open"):
        draw_moments(Random(1), [], 3, pace=Pace.RANDOM, zone=LONDON)
