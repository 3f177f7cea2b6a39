"""Times as staff read them: how long ago, and exactly, in the campaign's zone."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from campaignhub.spans import distance


@dataclass(frozen=True)
class ShownTime:
    """One instant in two spellings: ``3 minutes ago`` and the exact one to hover for."""

    at: datetime
    relative: str
    exact: str


def shown_time(at: datetime, *, now: datetime, timezone: str) -> ShownTime:
    """Spell an instant for staff."""
    return ShownTime(at, distance(at, now), exact(at, timezone=timezone))


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
