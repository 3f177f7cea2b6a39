"""The windows of limits; days and weeks begin and end in the campaign's zone."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ingest_lambda.contract import Window, WindowKind


def window_key(window: Window, *, entered_at: datetime, timezone: str) -> str:
    """Name the window that ``entered_at`` falls into: ``campaign``, a day, an ISO week, ``rolling``."""
    local = entered_at.astimezone(ZoneInfo(timezone))
    if window.kind is WindowKind.DAY:
        return local.strftime("%Y-%m-%d")
    if window.kind is WindowKind.WEEK:
        year, week, _ = local.isocalendar()
        return f"{year}-W{week:02d}"
    return window.kind.value


def window_ends_at(window: Window, *, entered_at: datetime, timezone: str) -> datetime | None:
    """Return the first instant after a day's or week's window; ``None`` for the others.

    Computed on the calendar and then converted to an instant, so that a day of 23 or
    25 hours ends at midnight too.
    """
    zone = ZoneInfo(timezone)
    today = entered_at.astimezone(zone).date()
    if window.kind is WindowKind.DAY:
        next_day = today + timedelta(days=1)
    elif window.kind is WindowKind.WEEK:
        next_day = today + timedelta(days=7 - today.weekday())
    else:
        return None
    return datetime.combine(next_day, time(), zone).astimezone(UTC)


def is_rolling_full(
    uses: Sequence[datetime], *, entered_at: datetime, hours: int, count: int, amount: int = 1
) -> bool:
    """Tell whether ``amount`` more uses would exceed ``count`` in any period of ``hours``.

    Messages are written in any order, so uses may be before and after ``entered_at``.
    A period is half open: a use exactly ``hours`` later is outside of it.
    """
    length = timedelta(hours=hours)
    more = [entered_at] * amount
    near = sorted(at for at in (*uses, *more) if abs(at - entered_at) < length)
    return any(
        sum(begin <= at < begin + length for at in near) > count
        for begin in near
        if begin <= entered_at < begin + length
    )


def rolling_free_at(
    uses: Sequence[datetime], *, entered_at: datetime, hours: int, count: int, amount: int = 1
) -> datetime:
    """Return the first instant, from ``entered_at`` on, at which ``amount`` more uses fit."""
    length = timedelta(hours=hours)
    ends = sorted(at + length for at in uses if at + length > entered_at)
    free = (
        at
        for at in ends
        if not is_rolling_full(uses, entered_at=at, hours=hours, count=count, amount=amount)
    )
    return next(free, entered_at)


def working_days_after(start: datetime, days: int, *, timezone: str) -> datetime:
    """Return the end of the ``days``-th working day after ``start``, in the campaign's zone.

    Monday to Friday; holidays differ by town and are not known here.
    """
    zone = ZoneInfo(timezone)
    day = start.astimezone(zone).date()
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
