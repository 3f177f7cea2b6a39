"""When a prize runs low, and why units are left at the close."""

from datetime import date, timedelta

import pytest

from submissions.awards.rules.low_stock import Low, Unawarded, empty_on, low_of, unawarded_of

TODAY, CLOSE = date(2026, 6, 10), date(2026, 6, 30)


@pytest.mark.parametrize(
    ("left", "soon", "low"),
    [
        (0, None, Low.EMPTY),
        (10, None, Low.FEW),
        (11, None, None),
        (11, CLOSE, Low.SOON),
        (100, None, None),
    ],
)
def test_a_tenth_a_forecast_of_empty_and_none_are_low(
    left: int, soon: date | None, low: Low | None
) -> None:
    assert low_of(left=left, of=100, empty_on=soon, is_by_moment=False) is low


def test_things_by_winning_moments_never_run_low() -> None:
    assert low_of(left=1, of=100, empty_on=CLOSE, is_by_moment=True) is None


@pytest.mark.parametrize(
    ("left", "days_before_close", "low"),
    [
        (0, None, Low.EMPTY),
        (10, None, Low.FEW),
        (50, 7, Low.SOON),
        (50, 6, None),
        (50, 0, None),
        (50, None, None),
    ],
)
def test_codes_by_winning_moments_run_low_too_but_not_for_reaching_the_close(
    left: int, days_before_close: int | None, low: Low | None
) -> None:
    empty = None if days_before_close is None else CLOSE - timedelta(days=days_before_close)
    assert low is low_of(
        left=left, of=100, empty_on=empty, is_by_moment=True, is_code=True, closes_on=CLOSE
    )


@pytest.mark.parametrize(
    ("left", "taken", "day"),
    [
        (70, 70, date(2026, 6, 18)),
        (140, 70, date(2026, 6, 25)),
        (201, 70, None),  # after the close
        (70, 0, None),
        (0, 70, None),
    ],
)
def test_the_day_of_empty_is_foretold_by_the_pace_of_the_last_days(
    left: int, taken: int, day: date | None
) -> None:
    assert empty_on(left, taken, 7, today=TODAY, until=CLOSE) == day


@pytest.mark.parametrize(
    ("is_by_moment", "unclaimed", "without", "reasons"),
    [
        (False, "void", 3, {Unawarded.NOT_REACHED: 8}),
        (True, "roll_forward", 0, {Unawarded.NOT_REACHED: 8}),
        (True, "window", 0, {Unawarded.WINDOW: 8}),
        (True, "void", 3, {Unawarded.NO_MOMENT: 3, Unawarded.VOID: 5}),
        (True, "void", 20, {Unawarded.NO_MOMENT: 8}),
    ],
)
def test_every_unit_left_at_the_close_has_one_reason(
    is_by_moment: bool, unclaimed: str, without: int, reasons: dict[Unawarded, int]
) -> None:
    assert reasons == unawarded_of(
        8, is_by_moment=is_by_moment, unclaimed=unclaimed, without_moment=without
    )


def test_nothing_is_said_where_nothing_is_left() -> None:
    assert unawarded_of(0, is_by_moment=True, unclaimed="void", without_moment=5) == {}
