"""How far a job is, how quickly it goes, and how long it still takes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_TELLS = timedelta(seconds=2)
"""What a rate is measured over at least; less tells nothing."""


@dataclass(frozen=True)
class Pace:
    """What is known of a job's progress; ``None`` is not known."""

    percent: int | None
    per_minute: int | None
    left: timedelta | None


def pace_of(
    *,
    done: int,
    total: int | None,
    since: datetime | None,
    done_before: int,
    at: datetime,
    has_ended: bool,
) -> Pace:
    """Return the progress of a job that did ``done - done_before`` of ``total`` since ``since``.

    One that goes on is at 99 percent at most: the last step may find more to do.
    """
    percent = None
    if total is not None:
        percent = 100 * min(done, total) // total if total else 100
        percent = percent if has_ended else min(99, percent)
    lately = done - done_before
    if since is None or at - since < _TELLS or lately <= 0:
        return Pace(percent, None, None)
    per_second = lately / (at - since).total_seconds()
    left = None
    if total is not None and not has_ended:
        left = timedelta(seconds=round(max(0, total - done) / per_second))
    return Pace(percent, round(per_second * 60), left)


def in_words(span: timedelta) -> str:
    """Return a length of time as people say it: ``a few seconds``, ``40 seconds``, ``3 minutes``, ``2 hours``."""
    seconds = int(span.total_seconds())
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"{seconds // 10 * 10} seconds"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} minutes"
    return f"{round(seconds / 3600)} hours"
