"""Times as staff read them: how long ago, and exactly, in the campaign's zone."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

_STEPS = ((60, "minute"), (3600, "hour"), (86400, "day"), (604800, "week"), (31557600, "year"))


@dataclass(frozen=True)
class Moment:
    """One instant in two spellings: ``3 minutes ago`` and the exact one to hover for."""

    at: datetime
    relative: str
    exact: str


def moment(at: datetime, *, now: datetime, timezone: str) -> Moment:
    """Spell an instant for staff."""
    return Moment(at, relative(at, now=now), exact(at, timezone=timezone))


def relative(at: datetime, *, now: datetime) -> str:
    """Return how long ago ``at`` was, or how long it is until then, in its largest whole unit."""
    seconds = (at - now).total_seconds()
    away = abs(seconds)
    if away < 60:
        return "just now"
    size, word = next(step for step in reversed(_STEPS) if away >= step[0])
    count = int(away // size)
    words = f"{count} {word}{'' if count == 1 else 's'}"
    return f"in {words}" if seconds > 0 else f"{words} ago"


def exact(at: datetime, *, timezone: str) -> str:
    """Return the instant to the second, with the name of the zone's place."""
    local = at.astimezone(ZoneInfo(timezone))
    place = timezone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{local.day} {local:%B %Y, %H:%M:%S} ({place})"


def urgency(decide_by: datetime | None, *, now: datetime) -> str:
    """Return how pressing a promise is: ``late``, ``soon`` (within a day) or ``fine``."""
    if decide_by is None:
        return "fine"
    seconds = (decide_by - now).total_seconds()
    return "late" if seconds < 0 else "soon" if seconds < 86400 else "fine"
