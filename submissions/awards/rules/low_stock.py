"""When a prize runs low, and what was left of each prize at the close."""

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


class Told(StrEnum):
    """The thresholds at which people are told by mail."""

    FEW = "few"
    SOON = "soon"


def told_of(low: Low) -> Told:
    """Return the threshold that a prize has reached; one that is empty is past the first."""
    return Told.SOON if low is Low.SOON else Told.FEW


def low_of(
    *,
    left: int,
    of: int,
    empty_on: date | None,
    is_by_moment: bool,
    is_code: bool = False,
    closes_on: date | None = None,
) -> Low | None:
    """Return how low a prize is, if it is low: at a tenth, at a forecast of empty, and at none.

    A thing by winning moments is never low: its last units have moments of their own near
    the close. Codes are, whoever wins them, because more have to be ordered in time; by
    moments their pace brings them to the close by itself, so that a forecast counts only
    where it lies ``PACE_DAYS`` before that.
    """
    if is_by_moment and not is_code:
        return None
    if not left:
        return Low.EMPTY
    if left * 100 <= of * LOW_PER_CENT:
        return Low.FEW
    if empty_on is None:
        return None
    is_meant = is_by_moment and (closes_on is None or (closes_on - empty_on).days < PACE_DAYS)
    return None if is_meant else Low.SOON


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
