"""Distances in time as people say them."""

from datetime import datetime, timedelta

_STEPS = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(weeks=1), "week"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def distance(at: datetime, now: datetime) -> str:
    """Return how far ``at`` is from ``now``: ``4 minutes ago``, ``in 3 days``, ``just now``."""
    away = abs(at - now)
    for step, unit in _STEPS:
        # Long steps are said from the second on: "10 days ago" tells more than "1 week ago".
        if away >= (step * 2 if unit in ("week", "month", "year") else step):
            words = _counted(away // step, unit)
            return f"{words} ago" if at < now else f"in {words}"
    return "just now"


def length(opens_at: datetime, closes_at: datetime) -> str:
    """Return how long something is open: ``8 weeks``, ``10 days``, ``6 hours``.

    Weeks only where they are whole to the day, because a lawyer counts days.
    The last minute that counts belongs to the end: 1 June 00:00 to 7 June 23:59 is a week.
    """
    open_for = closes_at - opens_at
    days = round(open_for / timedelta(days=1))
    if days >= 7 and days % 7 == 0:
        return _counted(days // 7, "week")
    if open_for >= timedelta(days=2):
        return _counted(days, "day")
    hours = round(open_for / timedelta(hours=1))
    if hours >= 1:
        return _counted(hours, "hour")
    return _counted(max(round(open_for / timedelta(minutes=1)), 1), "minute")
