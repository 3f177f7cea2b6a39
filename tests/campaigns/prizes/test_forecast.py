"""How many moments will probably be won."""

from datetime import UTC, datetime, timedelta
from random import Random

from campaigns.prizes.rules.forecast import Arrivals, forecast

OPENS = datetime(2026, 6, 1, tzinfo=UTC)
CLOSES = OPENS + timedelta(weeks=6)
SPREAD = [OPENS + (CLOSES - OPENS) * number / 500 for number in range(500)]


def arrivals(expected: int) -> Arrivals:
    """Return how so many entries come."""
    return Arrivals(OPENS, CLOSES, zone="Europe/London", expected=expected)


def test_with_many_entries_nearly_all_are_won() -> None:
    found = forecast(Random(1), SPREAD, arrivals(100_000))
    assert found.low >= 499


def test_with_fewer_entries_than_moments_no_more_are_won_than_enter() -> None:
    found = forecast(Random(1), SPREAD, arrivals(100))
    assert 70 <= found.usual <= 115
    assert found.share < 0.9


def test_nobody_enters_nobody_wins() -> None:
    assert forecast(Random(1), SPREAD, arrivals(0)).usual == 0


def test_a_short_window_loses_what_a_moment_that_rolls_forward_keeps() -> None:
    rolling = forecast(Random(1), SPREAD, arrivals(2_000))
    short = forecast(Random(1), SPREAD, arrivals(2_000), window=timedelta(minutes=5))
    assert short.usual < rolling.usual / 2


def test_a_moment_in_the_last_second_is_hardly_won() -> None:
    last = [CLOSES - timedelta(milliseconds=1)] * 50
    assert forecast(Random(1), last, arrivals(10_000)).usual == 0


def test_without_moments_nothing_is_missing() -> None:
    assert forecast(Random(1), [], arrivals(10)).share == 1.0
