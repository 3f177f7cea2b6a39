"""The pictures of results: what their geometry says."""

from datetime import date

from submissions.awards.rules.curves import HEIGHT, WIDTH, bars, stock_curve

FIRST = date(2026, 6, 1)


def test_the_highest_day_fills_the_picture_and_the_others_are_in_proportion() -> None:
    first, second = bars([40, 20], [10, 20])
    assert first.height == 2 * second.height
    assert 0 < first.top < HEIGHT / 10
    assert second.part == second.height
    assert second.x == WIDTH / 2


def test_days_without_entries_have_no_height() -> None:
    assert [bar.height for bar in bars([0, 0], [0, 0])] == [0, 0]
    assert bars([], []) == []


def test_the_forecast_names_the_day_on_which_none_is_left() -> None:
    curve = stock_curve(100, [10, 10, 10], first=FIRST, days_in_all=60)
    assert curve.left == 70
    assert curve.empty_on == date(2026, 6, 11)
    assert curve.forecast.endswith(f" {HEIGHT}.0")


def test_a_stock_that_lasts_has_no_such_day() -> None:
    curve = stock_curve(1_000, [1, 1], first=FIRST, days_in_all=10)
    assert curve.empty_on is None
    assert curve.forecast


def test_nothing_is_foretold_where_nothing_moves_or_nothing_is_left() -> None:
    assert stock_curve(10, [0, 0, 0], first=FIRST, days_in_all=10).forecast == ""
    assert stock_curve(10, [10], first=FIRST, days_in_all=10).empty_on is None
    assert stock_curve(10, [5, 5], first=FIRST, days_in_all=2).left == 0
