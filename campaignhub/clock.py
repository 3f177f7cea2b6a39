"""Tasks that run by the clock: each says beside itself how often."""

from collections.abc import Callable
from typing import Any

from celery import shared_task
from celery.schedules import crontab

TIMETABLE: dict[str, dict[str, Any]] = {}
"""Name of a task → what beat reads."""


def every(
    schedule: float | crontab, *, expires: float | None = None
) -> Callable[[Callable[[], None]], Any]:
    """Make a function a task of that many seconds, or of a crontab, named by its room and its own name.

    One that no worker took within ``expires`` seconds is dropped: the next one does its work.
    """

    def make(run: Callable[[], None]) -> Any:
        name = f"{run.__module__.split('.')[1]}.{run.__name__}"
        TIMETABLE[name] = {"task": name, "schedule": schedule}
        if expires is not None:
            TIMETABLE[name]["options"] = {"expires": expires}
        return shared_task(name=name)(run)

    return make
