"""When a prize for everyone runs low, and what was left of each prize at the close."""

from datetime import date, timedelta
from enum import StrEnum

LOW_PER_CENT = 10
PACE_DAYS = 7
"""The pace of a prize is the mean of so many last days, days without entries counted in."""


class Low(StrEnum):
    """How low, the worst first."""

    EMPTY = "empty"
    FEW = "few"
    SOON = "soon"


def days_until_empty(left: int, taken: int, days: int) -> float | None:
    """Return in how many days none is left where ``taken`` went within the last ``days``; ``None``: never."""
    return left * max(days, 1) / taken if left and taken else None


def empty_on(left: int, taken: int, days: int, *, today: date, until: date) -> date | None:
    """Return the day on which none will be left; ``None`` where that is after ``until``, or it is empty already."""
    needed = days_until_empty(left, taken, days)
    if needed is None or needed > (until - today).days:
        return None
    return today + timedelta(days=1 + int(needed))


def low_of(*, left: int, of: int, empty_on: date | None, is_by_moment: bool) -> Low | None:
    """Return how low a prize is, if it is low: at a tenth, at a forecast of empty, and at none.

    A prize by winning moments is never low: its last units have moments of their own
    near the close, and a publish has checked that there is a code for each.
    """
    if is_by_moment:
        return None
    if not left:
        return Low.EMPTY
    if left * 100 <= of * LOW_PER_CENT:
        return Low.FEW
    return Low.SOON if empty_on else None


class Unawarded(StrEnum):
    """Why a unit is left at the close."""

    NO_MOMENT = "had no winning moment"
    VOID = "lost: nobody entered at their moment"
    WINDOW = "expired: nobody entered while they were open"
    NOT_REACHED = "not reached: not enough entries"


def unawarded_of(
    left: int, *, is_by_moment: bool, unclaimed: str, without_moment: int
) -> dict[Unawarded, int]:
    """Return why the units that are left at the close were not awarded, and how many for each reason."""
    reasons = {"void": Unawarded.VOID, "window": Unawarded.WINDOW} if is_by_moment else {}
    never = min(left, without_moment) if is_by_moment else 0
    found = {Unawarded.NO_MOMENT: never}
    found[reasons.get(unclaimed, Unawarded.NOT_REACHED)] = left - never
    return {reason: count for reason, count in found.items() if count}
