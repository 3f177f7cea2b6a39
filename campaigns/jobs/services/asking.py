"""What staff do about jobs: start one, cancel it, try it again, take note of its end."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Q, QuerySet, When

from campaigns.accounts.models import Client, User
from campaigns.accounts.services import audit
from campaigns.accounts.services.scope import clients_of
from campaigns.jobs.models import UNDER_WAY, Job, JobState
from campaigns.jobs.services.ending import end
from campaigns.jobs.services.errors import JobHasEnded, JobNotFailed, SuchJobRuns
from campaigns.jobs.services.registry import Kind, registered

MOST_NEWS = 20
"""Jobs that a person is told of at a time."""


def start(
    kind: Kind,
    *,
    title: str,
    client: Client | None,
    actor: User | None,
    at: datetime,
    parameters: dict[str, Any] | None = None,
    total: int | None = None,
    only_one: str = "",
) -> Job:
    """Start a job; the clock sends its first slice within seconds.

    Nothing is sent from here, so that no page waits for a queue. Of those with the
    same ``only_one`` that are under way, the first is returned and nothing is started.
    The clock has no name: no page follows its job, and the log keeps only its failure.
    """
    wanted = Job(
        kind=kind.name,
        title=title[:200],
        client=client,
        actor=actor,
        parameters=parameters or {},
        total=total,
        only_one=only_one,
        asked_at=at,
        due_at=at,
    )
    with transaction.atomic():
        job = _started_or_running(wanted)
        if job is not wanted:
            return job
        if actor is not None:
            _follow(actor)
            _log(job, "started", actor=actor, at=at)
    return job


def cancel(job_id: int, *, actor: User, at: datetime) -> Job:
    """Have a job stop: between two steps, or at once where no slice runs. What it did stays.

    Raises:
        JobHasEnded: it did.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).get(pk=job_id)
        if not job.is_under_way:
            raise JobHasEnded("This job has ended already.")
        if job.cancel_asked_at is None:
            job.cancel_asked_at = at
            _log(job, "cancel_asked", actor=actor, at=at)
        if job.leased_until is None or job.leased_until <= at:
            end(job, JobState.CANCELLED, at=at)
        job.save()
    return job


def retry(job_id: int, *, actor: User, at: datetime) -> Job:
    """Let a job that failed go on where it stopped, signed by ``actor`` from here on.

    Raises:
        JobNotFailed: it did not.
        SuchJobRuns: another one does the same by now.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).get(pk=job_id)
        if job.state != JobState.FAILED:
            raise JobNotFailed("This job hasn't failed, so there is nothing to try again.")
        job.state, job.ended_at, job.outcome, job.last_error = JobState.WAITING, None, "", ""
        job.cancel_asked_at = job.seen_at = job.mail_due_at = None
        job.attempts, job.due_at, job.actor = 0, at, actor
        job.slice_no += 1
        try:
            with transaction.atomic():
                job.save()
        except IntegrityError as exc:
            raise SuchJobRuns("Another job does the same right now. See the list of jobs.") from exc
        _follow(actor)
        _log(job, "tried_again", actor=actor, at=at)
    return job


def jobs_of(user: User) -> QuerySet[Job]:
    """Return the jobs that ``user`` may see and cancel: those that they might have started.

    What belongs to no client is the operators'.
    """
    if user.is_superuser and user.is_active and user.is_staff:
        return Job.objects.all()
    by_capability: dict[Any, list[str]] = {}
    for kind in registered().values():
        by_capability.setdefault(kind.capability, []).append(kind.name)
    mine = Q(pk__in=[])
    for capability, names in by_capability.items():
        mine |= Q(kind__in=names, client__in=clients_of(user, capability))
    return Job.objects.filter(mine)


def news_of(user: User) -> list[Job]:
    """Return the jobs of a person that go on, and those of whose end they have not been told; the newest first.

    Those that went well give way where they are too many. Where there are none it is not
    asked again until they start one.
    """
    mine = jobs_of(user).filter(actor=user)
    found = list(
        mine.filter(Q(state__in=UNDER_WAY) | Q(ended_at__isnull=False, seen_at=None)).order_by(
            Case(When(state=JobState.DONE, then=1), default=0), "-asked_at", "-id"
        )[:MOST_NEWS]
    )
    if not found:
        with transaction.atomic():
            # The lock first: a job that is being started at this moment is seen behind it.
            User.objects.select_for_update().get(pk=user.pk)
            if not mine.filter(seen_at=None).exists():
                User.objects.filter(pk=user.pk).update(follows_jobs=False)
    return sorted(found, key=lambda job: (job.asked_at, job.pk), reverse=True)


def note_seen(job_id: int, *, actor: User, at: datetime) -> None:
    """Keep that its actor has been told of a job's end: no notice and no mail about it any more."""
    Job.objects.filter(pk=job_id, actor=actor, seen_at=None, ended_at__isnull=False).update(
        seen_at=at, mail_due_at=None
    )


def _started_or_running(wanted: Job) -> Job:
    """Save a job, or return the one that goes on; where that ends in between, start over."""
    for is_last in (False, False, False, False, True):
        try:
            with transaction.atomic():
                wanted.save(force_insert=True)
                return wanted
        except IntegrityError:
            if (running := _same(wanted.only_one)) is not None:
                return running
            if is_last or not wanted.only_one:
                raise
    raise AssertionError


def _same(only_one: str) -> Job | None:
    return Job.objects.filter(only_one=only_one, ended_at=None).exclude(only_one="").first()


def _follow(actor: User) -> None:
    User.objects.filter(pk=actor.pk).update(follows_jobs=True)


def _log(job: Job, what: str, *, actor: User, at: datetime) -> None:
    audit.record_line(
        f"job.{what}",
        actor=actor,
        client=job.client,
        target=f"job:{job.pk}",
        at=at,
        after={"title": job.title, "done": job.done, "of": job.total},
    )
