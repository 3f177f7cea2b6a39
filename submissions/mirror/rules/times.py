"""How pressing a promise to decide is."""

from datetime import datetime


def urgency(decide_by: datetime | None, *, now: datetime) -> str:
    """Return how pressing a promise is: ``late``, ``soon`` (within a day) or ``fine``."""
    if decide_by is None:
        return "fine"
    seconds = (decide_by - now).total_seconds()
    return "late" if seconds < 0 else "soon" if seconds < 86400 else "fine"
