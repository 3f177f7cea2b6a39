"""How moments are spread, as bars: by day over the campaign, by hour over the day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WIDTH, HEIGHT = 720, 120
_MOST_BARS = 92


@dataclass(frozen=True)
class Bar:
    """One bar in a box of 720 by 120, and what it counts."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


def by_day(
    times: Sequence[datetime], opens_at: datetime, closes_at: datetime, *, zone: str
) -> list[Bar]:
    """Return a bar for each local day, or each so many days in a long campaign."""
    tz = ZoneInfo(zone)
    first, last = (
        opens_at.astimezone(tz).date(),
        (closes_at - timedelta(seconds=1)).astimezone(tz).date(),
    )
    days = (last - first).days + 1
    step = -(-days // _MOST_BARS)
    counts = Counter((at.astimezone(tz).date() - first).days // step for at in times)
    labels = [_day(first + timedelta(days=at * step), step) for at in range(-(-days // step))]
    return _bars([(label, counts[at]) for at, label in enumerate(labels)])


def by_hour(times: Sequence[datetime], *, zone: str) -> list[Bar]:
    """Return a bar for each hour of the local day."""
    counts = Counter(at.astimezone(ZoneInfo(zone)).hour for at in times)
    return _bars([(f"{hour:02}:00", counts[hour]) for hour in range(24)])


def _day(day: date, step: int) -> str:
    if step == 1:
        return f"{day:%a} {day.day} {day:%b}"
    return f"{day.day} {day:%b}, {step} days"


def _bars(counted: Sequence[tuple[str, int]]) -> list[Bar]:
    most = max((count for _label, count in counted), default=0) or 1
    slot = WIDTH / max(len(counted), 1)
    gap = min(slot * 0.25, 4)
    return [
        Bar(
            label,
            count,
            round(at * slot + gap / 2, 2),
            round(HEIGHT - HEIGHT * count / most, 2),
            round(slot - gap, 2),
            round(HEIGHT * count / most, 2),
        )
        for at, (label, count) in enumerate(counted)
    ]
