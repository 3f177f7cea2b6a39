"""The end of a job: one, with its sentence, its line in the log and what it sets off."""

from datetime import datetime, timedelta

from campaigns.accounts.services import audit
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.registry import kind_of

TOOK_LONG = timedelta(minutes=2)
"""Who waited longer than this is told by mail as well: they went on with something else."""
MAILED_AFTER = timedelta(seconds=30)
"""For the notice on a page that is open."""


def end(job: Job, state: JobState, *, at: datetime, why: str = "") -> None:
    """End a job, whose row the caller holds and saves, in that transaction."""
    kind = kind_of(job)
    if kind and kind.on_end:
        kind.on_end(job, state, at)
    told = kind.summary(job) if kind else ""
    job.state, job.ended_at = state, at
    job.outcome = " ".join(part for part in (why, told) if part)[:300]
    job.lease = job.leased_until = job.due_at = None
    if job.actor and at - job.asked_at >= TOOK_LONG:
        job.mail_due_at = at + MAILED_AFTER
    if state is not JobState.FAILED:
        job.parameters, job.cursor = {}, {}
    if job.actor is None and state is JobState.DONE:
        return
    audit.record_line(
        f"job.{state.value}",
        actor=job.actor,
        client=job.client,
        target=f"job:{job.pk}",
        at=at,
        after={"title": job.title, "done": job.done, "of": job.total, **job.counts},
    )
