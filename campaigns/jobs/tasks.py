"""Slices of jobs, and what the clock does for them."""

import time
from typing import Any

from celery import shared_task
from django.utils import timezone

from campaignhub.clock.rounds import clock_round, periodic_task
from campaignhub.clock.turns import Turn
from campaigns.accounts.tenancy import unscoped
from campaigns.jobs.services import ended_mails, pickup, running

SLICE_LIMIT_SECONDS = 60
"""After which the worker ends a slice that hangs; another goes on once its lease is over."""


@shared_task(
    name=running.SLICE_TASK,
    acks_late=True,
    ignore_result=False,
    time_limit=SLICE_LIMIT_SECONDS,
    soft_time_limit=SLICE_LIMIT_SECONDS - 15,
)
@unscoped("a slice confines itself to the client of its job")
def run_slice(job_id: int, slice_no: int) -> dict[str, Any] | None:
    """Run one slice of a job; its result, kept by the job's ``task_id``, is how far it is."""
    ends_at = time.monotonic() + running.SLICE_SECONDS
    job = running.run_slice(
        job_id, slice_no, clock=timezone.now, enough=lambda: time.monotonic() >= ends_at
    )
    if job is None:
        return None
    return {"state": job.state, "done": job.done, "total": job.total, "counts": job.counts}


@clock_round(every=2, budget=10)
@unscoped("the clock sends slices of every client's jobs")
def pick_up(_turn: Turn) -> None:
    """Send the slices that are due: of new jobs, of those put off, of those whose message was lost."""
    pickup.send_due(at=timezone.now())


@periodic_task(every=15, queue="mail", expires=60)
@unscoped("the clock mails the people of every client")
def mail_ended() -> None:
    """Mail those who waited long for a job that has ended."""
    ended_mails.mail_ended(at=timezone.now())


@clock_round(every=86_400, budget=60)
@unscoped("the clock drops every client's old jobs")
def drop_old_jobs(_turn: Turn) -> None:
    """Delete the jobs of long ago."""
    pickup.drop_old_jobs(at=timezone.now())
