"""The geometry of the pictures of results: bars of days, and the curve of what is left. Lengths are units of the box."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from submissions.awards.rules.low_stock import PACE_DAYS, days_until_empty

WIDTH, HEIGHT = 720, 160
_ROOM = 8
"""Above the highest bar, so that it does not touch the edge."""
_WIDEST = 48
"""A bar of a campaign that has just opened."""


@dataclass(frozen=True)
class Bar:
    """A day's bar: the whole of it, and the part that is told apart within it."""

    x: float
    width: float
    height: float
    part: float

    @property
    def top(self) -> float:
        """Return where it begins, from above."""
        return HEIGHT - self.height

    @property
    def part_top(self) -> float:
        """Return where its part begins."""
        return HEIGHT - self.part


def bars(counts: Sequence[int], parts: Sequence[int]) -> list[Bar]:
    """Return a bar for each day, as high as its count in relation to the highest."""
    if not counts:
        return []
    most, step = max(*counts, 1), WIDTH / len(counts)
    scale, width = (HEIGHT - _ROOM) / most, min(step * 0.78, _WIDEST)
    return [
        Bar(
            round(n * step, 2),
            round(width, 2),
            round(count * scale, 2),
            round(part * scale, 2),
        )
        for n, (count, part) in enumerate(zip(counts, parts, strict=True))
    ]


@dataclass(frozen=True)
class StockCurve:
    """How the stock of a prize went down, and how it will go on at the pace of the last days."""

    line: str
    """The path of what was left at the end of each day."""
    forecast: str
    """The path from today to the day it is empty or the campaign ends; empty where nothing moves."""
    empty_on: date | None
    """``None``: not before the campaign ends, or it is empty already."""
    left: int


def stock_curve(stock: int, taken: Sequence[int], *, first: date, days_in_all: int) -> StockCurve:
    """Draw what was left of ``stock`` after each day's ``taken``, over all the days that the campaign runs.

    The forecast goes on at the mean of the last seven days, which a day without
    entries counts in.
    """
    span = max(days_in_all, len(taken), 1)
    step, scale = WIDTH / span, (HEIGHT - _ROOM) / max(stock, 1)
    left, points = stock, [(0.0, HEIGHT - stock * scale)]
    for number, count in enumerate(taken, start=1):
        left = max(0, left - count)
        points.append((number * step, HEIGHT - left * scale))
    recent = taken[-PACE_DAYS:]
    needed = days_until_empty(left, sum(recent), len(recent))
    remaining = span - len(taken)
    empty_on, forecast = None, ""
    if needed is not None and remaining > 0:
        end_x, end_left = (
            (len(taken) + needed, 0.0)
            if needed <= remaining
            else (span, left - left / needed * remaining)
        )
        if needed <= remaining:
            empty_on = first + timedelta(days=len(taken) + int(needed))
        forecast = _path([points[-1], (end_x * step, HEIGHT - end_left * scale)])
    return StockCurve(_path(points), forecast, empty_on, left)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
