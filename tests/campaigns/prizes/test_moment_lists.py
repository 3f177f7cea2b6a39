"""Lists of moments that somebody brings along."""

from datetime import UTC, datetime

from campaigns.prizes.rules.moment_lists import MomentList, read_moments

OPENS, CLOSES = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)


def read(text: str, most: int = 100) -> MomentList:
    """Read a list in London."""
    return read_moments(text, zone="Europe/London", opens_at=OPENS, closes_at=CLOSES, most=most)


def test_times_are_read_on_the_campaigns_clock_and_put_in_order() -> None:
    found = read("\ufeffmoment\n2026-06-03 18:30\n\n03/05/2026 09:00;\n2026-06-01T12:00:00+00:00\n")
    assert found.times == [
        datetime(2026, 5, 3, 8, tzinfo=UTC),
        datetime(2026, 6, 1, 12, tzinfo=UTC),
        datetime(2026, 6, 3, 17, 30, tzinfo=UTC),
    ]
    assert not found.problems


def test_what_no_clock_shows_or_no_campaign_has_is_left_out_and_said() -> None:
    found = read("2026-03-29 01:30\n2025-12-24 18:00\n2026-11-01 00:00\nsoon 7\n")
    assert not found.times
    assert found.left_out == 4
    assert [line.split(":")[0] for line in found.problems] == [
        "Line 1",
        "Line 2",
        "Line 3",
        "Line 4",
    ]
    assert "clocks go forward" in found.problems[0]


def test_moments_beyond_the_stock_are_left_out() -> None:
    found = read("\n".join(f"2026-06-{day:02} 12:00" for day in range(1, 11)), most=3)
    assert len(found.times) == 3
    assert found.left_out == 7
    assert len(found.problems) == 5


def test_a_time_at_the_end_of_the_calendar_is_left_out_like_any_other_outside() -> None:
    found = read("0001-01-01T00:00:00+14:00\n9999-12-31T23:59:59-12:00\n9999-12-31 23:59\n")
    assert not found.times
    assert found.left_out == 3
