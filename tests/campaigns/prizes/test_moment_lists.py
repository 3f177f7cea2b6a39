"""Lists of moments that somebody brings along."""

from datetime import UTC, datetime

import pytest

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


@pytest.mark.parametrize(
    "line",
    [
        "2026-06-24T18:30:00.000+01:00",
        "20260624T173000Z",
        "2026/6/24 18:30",
        "2026. 06. 24. 18:30",
        "24-06-2026 18:30",
        "24/06/2026, 18:30",
        "24.06.2026 18.30",
        "24.6.2026, 18:30:00 Uhr",
        "24/06/2026 18h30",
        "24/06/2026 6:30 PM",
        "24/06/2026 06:30:00\u202fp.m.",
        "24 June 2026 18:30",
        "24-Jun-2026 18:30",
        "2026-06-24 17:30 UTC",
        "24.06.2026;18:30",
        '"2026-06-24","18:30"',
        "\u201c2026\u201306\u201324  18:30\u201d",
        "\u200e24/06/2026\u00a018:30\u200b",
        "\uff12\uff10\uff12\uff16\uff0f\uff10\uff16\uff0f\uff12\uff14\u3000\uff11\uff18\uff1a\uff13\uff10",
    ],
)
def test_a_time_is_read_as_the_spreadsheets_of_other_countries_write_it(line: str) -> None:
    found = read(f"moment\n{line}\n")
    assert (found.times, found.problems) == ([datetime(2026, 6, 24, 17, 30, tzinfo=UTC)], [])


def test_noon_and_midnight_are_twelve_on_a_clock_of_twelve_hours() -> None:
    found = read("24/06/2026 12:00 PM\n24/06/2026 12:00 AM\n24/06/2026 13:00 PM\n")
    assert [one.hour for one in found.times] == [23, 11]  # in London it is summer
    assert found.left_out == 1


@pytest.mark.parametrize(
    "line", ["2026-06-24", "20260624", "24/06/2026", "24.06.2026;", "2026-06-24 18"]
)
def test_a_day_without_a_time_is_not_taken_for_midnight(line: str) -> None:
    found = read(f"{line}\n2026-06-25 12:00\n")
    assert len(found.times) == 1
    assert found.problems[0].startswith("Line 1: ")


def test_a_list_with_the_month_first_is_not_read_with_the_day_first() -> None:
    found = read("04/06/2026 09:00\n04/24/2026 09:00\n05/05/2026 09:00\n2026-06-01 09:00\n")
    assert [(one.month, one.day) for one in found.times] == [(5, 5), (6, 1)]
    assert [line.partition(":")[0] for line in found.problems] == ["Line 1", "Line 2"]
    assert "day or month first" in found.problems[0]
