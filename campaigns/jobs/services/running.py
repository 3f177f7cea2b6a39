"""Running a job: in slices, each under a lease, each step written with the place behind it.

A queue delivers twice, a worker is killed, a deploy ends it, a message is lost. So
the row decides, not the message: a slice takes the job only if it is the next one
and nobody holds the lease; every step is written only by who holds it; and a job
whose slice did not come is sent again by the clock (``services.pickup``). Slices
are far shorter than the queue's visibility (600 s), and between two the queue's
other jobs have their turn.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, transaction
from kombu.exceptions import OperationalError as BrokerAway

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services.scope import can_still
from campaigns.accounts.tenancy import scope, unscoped
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.rules.retries import is_given_up, wait_after
from campaigns.jobs.services.ending import end
from campaigns.jobs.services.errors import NoRightToJob
from campaigns.jobs.services.giving_way import GivingWay
from campaigns.jobs.services.registry import Kind, Step, kind_of

SLICE_SECONDS = 20
"""After which a slice hands on; with its last step it ends within 30."""
SLICE_TASK = "jobs.run_slice"
LEASE = timedelta(seconds=90)
"""Longer than the task's time limit, so who holds an expired one is dead."""
RESENT_AFTER = timedelta(seconds=60)
"""When a slice that nobody took is sent again."""
MOST_NOTES = 20
_PASSING = (OperationalError, InterfaceError, SoftTimeLimitExceeded)
Clock = Callable[[], datetime]


class LeaseLost(Exception):
    """The job went on without this slice: it was taken for dead, or the job was ended."""


def run_slice(
    job_id: int, slice_no: int, *, clock: Clock, enough: Callable[[], bool]
) -> Job | None:
    """Run the next slice of a job until it ends or ``enough`` says so; return the job as it is then.

    ``None`` where this slice had been run, is being run, or the job has ended: the
    message is one too many.
    """
    job = _take(job_id, slice_no, clock())
    if job is None:
        return None
    if not job.is_under_way:
        return job
    kind, lease = kind_of(job), job.lease
    assert kind is not None
    assert lease is not None
    passing: tuple[type[Exception], ...] = (*kind.passing, *_PASSING)
    try:
        with _scope_of(job):
            way = GivingWay()
            while job.is_under_way and not (job.cancel_asked_at is None and enough()):
                job = _step(job, kind, lease, clock)
                way.after_step()
    except LeaseLost:
        return None
    except passing as error:
        return _put_off(job_id, lease, error, clock())
    except DomainError as error:
        return _end(job_id, lease, error.message, clock())
    except Exception:
        # Logged with its traceback by the worker; here, so that the page says so and the job can be tried again.
        _end(job_id, lease, "An unexpected error stopped it; it is in the worker's log.", clock())
        raise
    return _hand_on(job, lease, clock()) if job.is_under_way else job


def send_slice(job: Job) -> bool:
    """Send a job's next slice to the workers; ``False`` where the queue is away, and the clock will do it."""
    try:
        current_app.send_task(SLICE_TASK, (job.pk, job.slice_no), task_id=str(job.task_id))
    except BrokerAway:
        return False
    return True


@transaction.atomic
def _take(job_id: int, slice_no: int, at: datetime) -> Job | None:
    """Take the job for a slice, or end it where it can't go on."""
    rows = Job.objects.select_for_update(of=("self",), skip_locked=True)
    job = rows.filter(pk=job_id, slice_no=slice_no, ended_at=None).first()
    if job is None or (job.leased_until is not None and job.leased_until > at):
        return None
    was_interrupted = job.lease is not None or bool(job.last_error)
    if job.cancel_asked_at is not None:
        end(job, JobState.CANCELLED, at=at)
    elif kind_of(job) is None:
        end(job, JobState.FAILED, at=at, why="This version of CampaignHub has no such job.")
    elif is_given_up(job.attempts):
        why = f"It stopped at the same place {job.attempts} times."
        end(job, JobState.FAILED, at=at, why=why)
    else:
        if job.started_at is None or was_interrupted:
            job.paced_at, job.paced_done = at, job.done
        job.started_at = job.started_at or at
        job.state, job.attempts = JobState.RUNNING, job.attempts + 1
        job.lease, job.leased_until = uuid4(), at + LEASE
        job.due_at = job.leased_until
    job.save()
    return job


def _step(job: Job, kind: Kind, lease: UUID, clock: Clock) -> Job:
    """Do one step and write it down, or end the job that is to be cancelled."""
    if kind.in_transaction:
        with transaction.atomic():
            row = _held(job.pk, lease)
            return _write(row, _done_by(kind, row, clock()), clock())
    step = _done_by(kind, job, clock())
    with transaction.atomic():
        return _write(_held(job.pk, lease), step, clock())


def _done_by(kind: Kind, job: Job, at: datetime) -> Step | None:
    """Do one step, for as long as who asked for the job may do so and wants it."""
    if job.cancel_asked_at is not None:
        return None
    if not _may_still(job, kind):
        who = job.person.first_name or job.person.username
        raise NoRightToJob(f"{who} may no longer do this, so it was stopped.")
    return kind.step(job, at)


def _held(job_id: int, lease: UUID) -> Job:
    """Lock a job's row for whoever holds its lease.

    Raises:
        LeaseLost: somebody else does, or nobody.
    """
    rows = Job.objects.select_for_update(of=("self",)).select_related("actor", "client")
    row = rows.filter(pk=job_id, lease=lease).first()
    if row is None:
        raise LeaseLost
    return row


def _write(row: Job, step: Step | None, at: datetime) -> Job:
    if step is not None:
        row.cursor = step.cursor
        row.done += step.done
        row.total = row.total if step.total is None else step.total
        for word, count in step.counts.items():
            row.counts[word] = row.counts.get(word, 0) + count
        row.notes = [*row.notes, *step.notes][:MOST_NOTES]
        row.attempts, row.last_error = 0, ""
        row.leased_until = row.due_at = at + LEASE
    if step is not None and step.is_last:
        end(row, JobState.DONE, at=at)
    elif row.cancel_asked_at is not None:
        end(row, JobState.CANCELLED, at=at)
    row.save()
    return row


def _hand_on(job: Job, lease: UUID, at: datetime) -> Job | None:
    """Let another slice go on, after those of other jobs that wait."""
    with transaction.atomic():
        try:
            row = _held(job.pk, lease)
        except LeaseLost:
            return None
        row.slice_no += 1
        row.lease = row.leased_until = None
        row.attempts, row.due_at = 0, at + RESENT_AFTER
        row.save()
    send_slice(row)
    return row


def _put_off(job_id: int, lease: UUID, error: Exception, at: datetime) -> Job | None:
    """Have the clock send another slice later, for what passes by itself."""
    with transaction.atomic():
        try:
            row = _held(job_id, lease)
        except LeaseLost:
            return None
        row.last_error = type(error).__name__[:60]
        row.attempts = max(1, row.attempts)  # the first at this place, where steps were done before
        if is_given_up(row.attempts):
            why = f"What it needs didn't answer, {row.attempts} times in a row."
            end(row, JobState.FAILED, at=at, why=why)
        else:
            row.slice_no += 1
            row.lease = row.leased_until = None
            row.due_at = at + wait_after(row.attempts)
        row.save()
    return row


def _end(job_id: int, lease: UUID, why: str, at: datetime) -> Job | None:
    with transaction.atomic():
        try:
            row = _held(job_id, lease)
        except LeaseLost:
            return None
        end(row, JobState.FAILED, at=at, why=why)
        row.save()
    return row


def _may_still(job: Job, kind: Kind) -> bool:
    if job.actor is None:
        return True
    if job.client is not None:
        return can_still(job.actor, kind.capability, job.client)
    operators = User.objects.filter(is_superuser=True, is_active=True, is_staff=True)
    return operators.filter(pk=job.actor.pk).exists()


def _scope_of(job: Job) -> AbstractContextManager[Any]:
    if job.client_id is None:
        return unscoped("a job of the platform, which an operator or the clock started")
    return scope([job.client_id])
