"""The rounds and the timetable, as the rooms' ``tasks`` modules declare them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

from celery import shared_task
from celery.schedules import crontab

from campaignhub.clock.status import TaskStatus
from campaignhub.clock.turns import Turn


@dataclass(frozen=True)
class Round:
    """A function that the clock's process calls every so often, in a thread of its own."""

    name: str
    run: Callable[[Turn], None]
    every_seconds: float
    budget_seconds: float


@dataclass(frozen=True)
class ScheduledTask:
    """A Celery task that the clock sends every so often."""

    name: str
    task: Any
    queue: str
    schedule: float | crontab
    expires_seconds: float


ROUNDS: dict[str, Round] = {}
TIMETABLE: dict[str, ScheduledTask] = {}


def clock_round(
    *, every: float, budget: float
) -> Callable[[Callable[[Turn], None]], Callable[[Turn], None]]:
    """Make a function a round of the clock, named by its room and its own name.

    It runs every ``every`` seconds, for ``budget`` seconds at most: it asks its turn
    between two steps. It raises :class:`campaignhub.clock.turns.Away` where what it needs
    does not answer.
    """

    def make(run: Callable[[Turn], None]) -> Callable[[Turn], None]:
        name = _name(run)
        ROUNDS[name] = Round(name, run, every, budget)
        return run

    return make


def periodic_task(
    *,
    every: float | crontab,
    queue: Literal["mail", "jobs"],
    expires: float,
    time_limit: int = 120,
) -> Callable[[Callable[[], None]], Any]:
    """Make a function a Celery task that the clock sends to ``queue``, every so many seconds or by a crontab.

    One that no worker took within ``expires`` seconds is dropped: the next one does
    its work. In a queue whose tasks take long, all last as long as those, or the short
    ones would never get a turn behind them. After ``time_limit`` seconds its process is
    ended. It is acknowledged as it begins, since the next one does what this one left.
    """

    def make(run: Callable[[], None]) -> Any:
        name = _name(run)
        task = shared_task(name=name, time_limit=time_limit, soft_time_limit=time_limit - 15)(
            _with_breaker(name, run)
        )
        TIMETABLE[name] = ScheduledTask(name, task, queue, every, expires)
        return task

    return make


def _with_breaker(name: str, run: Callable[[], None]) -> Callable[[], None]:
    @wraps(run)
    def turn() -> None:
        status, begun = TaskStatus(name), time.monotonic()
        try:
            if not status.admits():
                return
            run()
        except Exception as exc:  # noqa: BLE001 - counted and said; the timetable sends the next one
            status.failed(exc)
        else:
            status.succeeded(time.monotonic() - begun)

    return turn


def _name(run: Callable[..., None]) -> str:
    return f"{run.__module__.split('.')[1]}.{run.__name__}"
