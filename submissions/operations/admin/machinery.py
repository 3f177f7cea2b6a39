"""What operators see of the machinery: services, queues, Pipes, functions, processes, the last day.

How much waits in a queue is of all clients together: it tells one how busy the
others are. Nothing here waits longer than ``readings.PAGE_WAITS_SECONDS``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime

from campaignhub.clock.models import ClockLease, RoundState
from campaignhub.env import env
from submissions.intake.models import Heartbeat
from submissions.intake.services.heartbeats import is_late, is_silent
from submissions.operations.models import LedgerRound
from submissions.operations.rules.lines import polyline
from submissions.operations.services import dead_letters, samples
from submissions.operations.services.blocking import blockers
from submissions.operations.services.disk import disk
from submissions.operations.services.pipes import pipe_states
from submissions.operations.services.readings import Answer, current
from submissions.operations.services.sources import sources
from submissions.operations.services.unsent_photos import unsent

APART = "quarantine"
"""Its messages were never issued by us: they are counted and kept apart, and go by themselves."""
LATE_SECONDS = 120
"""A message that waits longer is late."""
CLOCK_IS_MISSED = timedelta(seconds=30)
"""After the end of its lease: by then another process has taken it, if there is one."""
_SERVICES = (
    ("Queues", "queue:"),
    ("Table", "table"),
    ("Bucket", "bucket"),
    ("Mail service", "mail"),
    ("Pipes", "pipe:"),
    ("Metrics", "ages"),
    ("Metrics of functions", "functions"),
)
"""Name of a service, and what the names of its readings begin with."""
_FUNCTION_NUMBERS = ("invocations", "errors", "throttles", "duration")


@dataclass(frozen=True)
class Service:
    """A service, by all that was asked of it: it answers if all of that was answered."""

    label: str
    answered_at: datetime | None
    """Of the oldest of its answers; ``None`` where one is missing."""
    took_ms: int | None
    error: str


def machinery(now: datetime) -> dict[str, Any]:
    """Return what is the operators' alone."""
    answers = current(sources(), at=now)
    rounds = LedgerRound.objects.select_related("asked_by")
    return {
        "services": [
            service for label, name in _SERVICES if (service := _service(label, name, answers))
        ],
        "queues": _queues(answers, now),
        "pipes": pipe_states(answers),
        "functions": _functions(answers.get("functions")),
        "under_way": rounds.filter(ended_at=None).first(),
        "whole": rounds.exclude(ended_at=None).first(),
        "beats": [
            (row, is_late(row, at=now), is_silent(row, at=now)) for row in Heartbeat.objects.all()
        ],
        "blockers": blockers(),
        "disk": disk(),
        **_rounds(now),
        "lines": [_line(series) for series in samples.last_day(at=now)],
        "unsent": unsent(at=now),
    }


def _service(label: str, begin: str, answers: Mapping[str, Answer]) -> Service | None:
    exactly = not begin.endswith(":")
    asked = [
        answer
        for name, answer in answers.items()
        if name == begin or (not exactly and name.startswith(begin))
    ]
    if not asked:
        return None
    times = [answer.answered_at for answer in asked]
    known = [at for at in times if at is not None]
    return Service(
        label,
        min(known) if len(known) == len(times) else None,
        max((answer.took_ms for answer in asked if answer.took_ms is not None), default=None),
        next((answer.last_error for answer in asked if answer.last_error), ""),
    )


def _queues(answers: Mapping[str, Answer], now: datetime) -> list[dict[str, Any]]:
    ages: Mapping[str, str] = answers.get("ages", Answer()).value or {}
    return [
        {
            "pair": pair,
            "apart": pair.name == APART,
            "waiting": _count(pair.source_url, answers, ages, now),
            "dead": _count(pair.dead_url, answers, ages, now),
        }
        for pair in dead_letters.pairs().values()
    ]


def _count(
    url: str, answers: Mapping[str, Answer], ages: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """Say how many messages a queue holds, as of when, and how long the oldest has waited."""
    answer = answers.get(f"queue:{url}", Answer())
    found: dict[str, Any] = {
        "count": answer.value,
        "as_of": answer.answered_at if answer.last_error or not answer.is_fresh(now) else None,
    }
    if answer.value:
        since = parse_datetime(ages[url]) if url in ages else None
        late = since is not None and (now - since).total_seconds() > LATE_SECONDS
        found |= {"since": since, "unknown": since is None, "late": late}
    return found


def _functions(answer: Answer | None) -> dict[str, Any] | None:
    """Return the functions with their numbers, each ``None`` where no metric is known."""
    if answer is None:
        return None
    stem = env().write_function_name.removesuffix("-write")
    return {
        "as_of": answer.answered_at,
        "rows": [
            (name.removeprefix(f"{stem}-"), [numbers.get(number) for number in _FUNCTION_NUMBERS])
            for name, numbers in (answer.value or {}).items()
        ],
    }


def _rounds(now: datetime) -> dict[str, Any]:
    """Return the rounds of the clock and of the drains, those in trouble first, and who runs the clock."""
    lease = ClockLease.objects.first()
    rows = RoundState.objects.order_by("-failures", "name")
    over = lease is None or lease.expires_at + CLOCK_IS_MISSED < now
    return {"rounds": list(rows), "lease": lease, "lease_is_over": over}


def _line(series: samples.Series) -> dict[str, Any]:
    """Return a line as the page draws it, and by the hour as its table shows it."""
    known = [point for point in series.points if point is not None]
    return {
        "series": series,
        "drawn": polyline(series.points),
        "last": known[-1] if known else None,
        "most": max(known, default=None),
        "hours": list(_by_hour(series)),
    }


def _by_hour(series: samples.Series) -> Sequence[tuple[datetime, list[float | None]]]:
    return [(series.begins[n], list(series.points[n : n + 4])) for n in range(0, 96, 4)]
