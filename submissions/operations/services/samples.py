"""The last day of the machinery, a number a minute for each series: rates, ages, errors.

Counted by the clock once a minute, kept for 25 hours in one table of as many rows
as there are minutes, and read by the page and by ``/metrics``. Every count goes
through an index and ends somewhere, so that a flood makes no minute dear.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils.dateparse import parse_datetime

from campaigns.jobs.models import Job, JobState
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState
from submissions.mirror.models import Submission
from submissions.operations.models import LedgerCheck, MinuteSample
from submissions.operations.services.dead_letters import Pair, pairs
from submissions.operations.services.readings import Answer
from submissions.review.models import OutboxDecision

KEPT = timedelta(hours=25)
MINUTE = timedelta(minutes=1)
BUCKET_MINUTES = 15
MOST = 20_000
"""Where counting stops. More a minute than that is three hundred a second."""
QUARANTINE = "quarantine"
Answers = Mapping[str, Answer]
Values = Mapping[str, float]


@dataclass(frozen=True)
class Series:
    """One line of the page: its numbers of a quarter of an hour each, the oldest first."""

    name: str
    label: str
    unit: str
    anchor: str
    """Its section of docs/runbook.md."""
    points: Sequence[float | None]
    begins: Sequence[datetime]


LINES: tuple[tuple[str, str, str, str, Callable[[Sequence[float]], float]], ...] = (
    ("entered", "Entries", "in 15 minutes", "rates", sum),
    ("age", "Oldest message", "seconds", "queue-oldest", max),
    ("waiting", "Waiting messages", "at most", "queue-waiting", max),
    ("dead", "Dead letters", "at most", "dead-letters", max),
    ("outbox", "Decisions to apply", "at most", "decisions", max),
    ("mails", "E-mails queued", "at most", "mails", max),
    ("errors", "Errors of functions", "in 15 minutes", "functions", max),
    ("unanswered", "Services without an answer", "at most", "services", max),
)
"""Series: name, label, unit, section of the runbook, and how the minutes of a quarter make one number."""


def note_minute(answers: Answers, *, at: datetime) -> bool:
    """Count the minute before ``at`` and keep it, and drop what is old; ``False`` where it is kept already."""
    minute = at.replace(second=0, microsecond=0)
    if MinuteSample.objects.filter(pk=minute).exists():
        return False
    MinuteSample.objects.filter(pk__lt=minute - KEPT).delete()
    row = MinuteSample(minute=minute, values=count_now(answers, at=minute))
    MinuteSample.objects.bulk_create([row], ignore_conflicts=True)
    return True


def count_now(answers: Answers, *, at: datetime) -> dict[str, float]:
    """Return every number of the minute that ends at ``at``; what is not known is left out."""
    entered = Submission.objects.filter(
        entered_at__gte=at - MINUTE, entered_at__lt=at, is_test=False
    )
    values: dict[str, float] = {
        "entered": len(entered.order_by().values_list("pk")[:MOST]),
        "unanswered": sum(1 for answer in answers.values() if answer.last_error),
        **_outbox(at),
        **_mails(at),
        **_queues(answers, at),
        **_functions(answers),
        **_jobs(at),
    }
    check = LedgerCheck.objects.values_list("gaps", flat=True).first()
    if check is not None:
        values["ledger_gaps"] = check
    return values


def _outbox(at: datetime) -> dict[str, float]:
    waiting = OutboxDecision.objects.filter(carried_at=None).order_by("id")
    oldest = waiting.values_list("created_at", flat=True).first()
    return {
        "outbox": len(waiting.order_by().values_list("pk")[:MOST]),
        "outbox_age": (at - oldest).total_seconds() if oldest else 0,
    }


def _mails(at: datetime) -> dict[str, float]:
    """Count the mails that wait, and what became of the newest of the last hour."""
    queued = Mail.objects.filter(state=MailState.QUEUED.value, not_before__lte=at).order_by()
    values: dict[str, float] = {"mails": len(queued.values_list("pk")[:MOST])}
    newest = Mail.objects.filter(queued_at__gt=at - timedelta(hours=1))
    for state in newest.order_by("-queued_at", "-id").values_list("state", flat=True)[:MOST]:
        name = f"mails_{state}"
        values[name] = values.get(name, 0) + 1
    return values


def _queues(answers: Answers, at: datetime) -> dict[str, float]:
    values: dict[str, float] = {}
    ages: Mapping[str, str] = (answers.get("ages") or Answer()).value or {}
    for pair in pairs().values():
        for kind, url in (("waiting", pair.source_url), ("dead", pair.dead_url)):
            if not _is_counted(pair, kind) or not url:
                continue
            answer = answers.get(f"queue:{url}", Answer())
            if answer.value is not None and not answer.last_error:
                values[f"{kind}_{pair.name}"] = answer.value
                if pair.name != QUARANTINE:
                    values[kind] = values.get(kind, 0) + answer.value
            since = parse_datetime(ages[url]) if url in ages else None
            if since is not None and answer.value:
                values[f"{kind}_age_{pair.name}"] = max(0.0, (at - since).total_seconds())
                if kind == "waiting":
                    values["age"] = max(values.get("age", 0), values[f"{kind}_age_{pair.name}"])
    values.setdefault("age", 0)
    return values


def _jobs(at: datetime) -> dict[str, float]:
    """Count the jobs under way, and those of the newest thousand of the last day that failed."""
    open_ = Job.objects.filter(ended_at__isnull=True).values_list("asked_at", flat=True)
    asked = list(open_.order_by()[:MOST])
    newest = Job.objects.order_by("-asked_at", "-id").values_list("state", "ended_at")[:1000]
    day_ago = at - timedelta(days=1)
    failed = [
        1 for state, ended in newest if state == JobState.FAILED and ended and ended > day_ago
    ]
    oldest = min(asked, default=at)
    return {
        "jobs": len(asked),
        "jobs_failed": len(failed),
        "jobs_age": (at - oldest).total_seconds(),
    }


def _is_counted(pair: Pair, kind: str) -> bool:
    """Tell whether a queue counts here: what is in front of quarantine is the queue of submissions."""
    return pair.name != QUARANTINE or kind == "dead"


def _functions(answers: Answers) -> dict[str, float]:
    counted = (answers.get("functions") or Answer()).value or {}
    errors = [seen["errors"] for seen in counted.values() if "errors" in seen]
    return {"errors": sum(errors)} if errors else {}


def last_day(*, at: datetime) -> list[Series]:
    """Return the lines of the last 24 hours, a point for each quarter of an hour; ``None`` where nothing is known.

    They begin on the hour, so the last may lie ahead.
    """
    begin = at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    rows = MinuteSample.objects.filter(pk__gte=begin).order_by("minute")
    seen = {
        quarter: [values for _, values in group]
        for quarter, group in groupby(
            rows.values_list("minute", "values"), key=lambda row: _quarter(row[0])
        )
    }
    begins = [begin + timedelta(minutes=BUCKET_MINUTES * n) for n in range(96)]
    return [
        Series(
            name, label, unit, anchor, [_point(seen.get(q, ()), name, by) for q in begins], begins
        )
        for name, label, unit, anchor, by in LINES
    ]


def _point(
    minutes: Sequence[Mapping[str, float]], name: str, by: Callable[[Sequence[float]], float]
) -> float | None:
    known = [values[name] for values in minutes if name in values]
    return by(known) if known else None


def _quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % BUCKET_MINUTES, second=0, microsecond=0)


def newest(*, at: datetime) -> tuple[datetime | None, Values]:
    """Return the newest minute of the last ten and its numbers; nothing where the clock counted none."""
    row = MinuteSample.objects.filter(pk__gt=at - timedelta(minutes=10)).order_by("minute").last()
    return (row.minute, row.values) if row else (None, {})
