"""What happens to a job on a bad day: delivered twice, killed inside a step, run by two; and what must be so in the end."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import connection

from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services import running
from campaigns.jobs.services.asking import cancel
from campaigns.jobs.services.running import LEASE
from tests.campaigns.jobs.counting import deliver, told
from tests.support.at_once import at_once
from tests.support.jobs import run_jobs


class Killed(BaseException):
    """The end of a process, which no code of ours sees."""


def kill_inside_a_step(job: Job, *, at: datetime) -> None:
    """Let a slice do its next step, and end before what it did is written down."""

    def die(*_: Any) -> Job:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_write", die)
        with pytest.raises(Killed):
            deliver(job, at=at)


def survives(job: Job, *, at: datetime) -> Job:
    """Have all of it happen to a job of at least three steps; return it as it ended: done, and told of once."""
    for _ in range(2):
        deliver(job, steps=1, at=at, slice_no=0)
    assert Job.objects.get(pk=job.pk).slice_no == 1, "the second delivery did nothing"
    kill_inside_a_step(job, at=at)
    assert deliver(job, at=at) is None, "until its lease is over, a dead slice may be alive"
    after = at + LEASE
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        number = Job.objects.get(pk=job.pk).slice_no
        ran = at_once(*[partial(deliver, job, steps=1, at=after, slice_no=number)] * 3)
        assert len([one for one in ran if one is not None]) == 1, "one of three runs it"
    run_jobs(at=after)
    ended = Job.objects.get(pk=job.pk)
    assert ended.state == JobState.DONE, ended.outcome
    assert told(job) == ["job.started", "job.done"]
    assert deliver(job, at=after) is None
    return ended


def stops(job: Job, *, at: datetime, effects: Callable[[], Any]) -> None:
    """Cancel a job after its first step: what it did stays, nothing more is done, and it is told of once."""
    deliver(job, steps=1, at=at)
    before = effects()
    cancel(job.pk, actor=job.person, at=at)
    assert deliver(job, at=at) is None
    run_jobs(at=at + LEASE)
    assert Job.objects.get(pk=job.pk).state == JobState.CANCELLED
    assert effects() == before
    assert told(job) == ["job.started", "job.cancel_asked", "job.cancelled"]
