"""How a job stands, in words."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.humanize.templatetags.humanize import intcomma

from campaignhub.staff_site.lists import Tone
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.rules.pace import Pace, pace_of
from campaigns.jobs.services.registry import kind_of

TONES: Mapping[str, Tone] = {
    JobState.WAITING: "idle",
    JobState.RUNNING: "info",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "warn",
}


def pace(job: Job, at: datetime) -> Pace:
    """Return how far it is and how quickly it goes."""
    return pace_of(
        done=job.done,
        total=job.total,
        since=job.paced_at,
        done_before=job.paced_done,
        at=job.ended_at or at,
        has_ended=job.ended_at is not None,
    )


def state_word(job: Job, at: datetime) -> str:
    """Return its state: a wait for another try and a stop that was asked for are states too."""
    if job.is_under_way and job.cancel_asked_at is not None:
        return "Stopping"
    return "Waiting to try again" if job.is_put_off(at) else str(job.get_state_display())


def progress_words(job: Job) -> str:
    """Return how much is done of how much: ``120 of 412 entries``."""
    kind = kind_of(job)
    one, several = kind.unit if kind else ("step", "steps")
    of = f" of {intcomma(job.total)}" if job.total is not None else ""
    counted = job.done if job.total is None else job.total
    return f"{intcomma(job.done)}{of} {one if counted == 1 else several}"
