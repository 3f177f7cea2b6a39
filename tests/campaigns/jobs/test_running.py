"""A job is done once and told once, however its messages arrive and whoever dies in between."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from campaigns.accounts.models import Membership
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.rules.retries import MOST_ATTEMPTS
from campaigns.jobs.services.asking import cancel, retry, start
from campaigns.jobs.services.ending import TOOK_LONG
from campaigns.jobs.services.errors import JobHasEnded
from campaigns.jobs.services.pickup import KEPT, KEPT_OF_CLOCK, drop_old_jobs, send_due
from campaigns.jobs.services.registry import Step
from campaigns.jobs.services.running import LEASE, RESENT_AFTER, LeaseLost, _held, _write
from tests.campaigns.factories import NOON, make_user
from tests.campaigns.jobs.counting import (
    KIND,
    OUTSIDE,
    counted,
    deliver,
    later,
    make_job,
    make_lead,
    told,
)
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db
DONE_ONCE = ["job.started", "job.done"]


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def kill_in_the_middle(job: Job, *, steps: int, at: datetime = NOON) -> None:
    """Leave a job as a slice leaves it that was killed after so many steps: its lease held."""
    deliver(job, steps=steps, at=at)
    Job.objects.filter(pk=job.pk).update(
        lease=uuid4(), leased_until=at + LEASE, due_at=at + LEASE, attempts=1
    )


def test_a_job_goes_through_its_slices_to_the_end() -> None:
    job = make_job(5)
    for done in (2, 4):
        assert deliver(job, steps=2).done == done
        assert fresh(job).state == JobState.RUNNING
    deliver(job, steps=2)
    ended = fresh(job)
    assert (ended.state, ended.done, ended.total) == (JobState.DONE, 5, 5)
    assert ended.outcome == "5 counted."
    assert counted() == [0, 1, 2, 3, 4]
    assert told(job) == DONE_ONCE


def test_a_slice_that_is_delivered_twice_is_run_once() -> None:
    job = make_job(5)
    deliver(job, steps=2, slice_no=0)
    assert deliver(job, steps=2, slice_no=0) is None
    assert counted() == [0, 1]
    deliver(job, slice_no=1)
    assert deliver(job, slice_no=1) is None
    assert told(job) == DONE_ONCE


def test_while_a_slice_runs_another_message_of_it_does_nothing() -> None:
    job = make_job(5)
    Job.objects.filter(pk=job.pk).update(lease=uuid4(), leased_until=later(seconds=1))
    assert deliver(job) is None
    assert counted() == []


def test_a_killed_slice_is_taken_up_where_its_last_step_was_written() -> None:
    job = make_job(5)
    kill_in_the_middle(job, steps=3)
    assert send_due(at=NOON + LEASE / 2) == 0
    assert deliver(job, at=NOON + LEASE / 2) is None
    after = NOON + LEASE
    assert send_due(at=after) == 1
    deliver(job, at=after)
    assert counted() == [0, 1, 2, 3, 4]
    assert told(job) == DONE_ONCE


def test_a_slice_that_comes_to_life_again_writes_nothing() -> None:
    job = make_job(5)
    kill_in_the_middle(job, steps=2)
    zombie = fresh(job).lease
    assert zombie is not None
    deliver(job, steps=1, at=NOON + LEASE)
    with pytest.raises(LeaseLost):
        _write(_held(job.pk, zombie), Step({"next": 99}, done=97), NOON + LEASE)
    deliver(job, at=NOON + LEASE)
    assert counted() == [0, 1, 2, 3, 4]
    assert fresh(job).done == 5


@pytest.mark.parametrize("kind", ["rows", "outside"])
def test_a_step_that_fails_leaves_no_half_behind(kind: str) -> None:
    more = {"kind": OUTSIDE} if kind == "outside" else {}
    job = make_job(5, parameters={"trouble": {"2": "bug"}}, **more)
    with pytest.raises(ZeroDivisionError):
        deliver(job)
    ended = fresh(job)
    assert (ended.state, ended.done) == (JobState.FAILED, 2)
    assert ended.outcome == "An unexpected error stopped it; it is in the worker's log. 2 counted."
    Job.objects.filter(pk=job.pk).update(parameters={"most": 5})
    retry(job.pk, actor=job.person, at=NOON)
    deliver(job)
    assert counted() == [0, 1, 2, 3, 4]
    assert told(job) == ["job.started", "job.failed", "job.tried_again", "job.done"]


def test_what_passes_by_itself_puts_the_job_off_and_is_given_up_in_the_end() -> None:
    job = make_job(5, parameters={"trouble": {"1": "away"}})
    at = NOON
    for attempt in range(1, MOST_ATTEMPTS):
        deliver(job, at=at)
        row = fresh(job)
        assert row.is_put_off(at), attempt
        assert row.last_error == "Away"
        assert row.due_at is not None
        at = row.due_at
        assert send_due(at=at) == 1
    assert at - NOON > later(minutes=20) - NOON
    deliver(job, at=at)
    assert fresh(job).state == JobState.FAILED
    assert counted() == [0]
    assert told(job) == ["job.started", "job.failed"]


def test_a_step_that_kills_its_worker_each_time_is_given_up() -> None:
    job = make_job(5)
    Job.objects.filter(pk=job.pk).update(attempts=MOST_ATTEMPTS, lease=uuid4(), leased_until=NOON)
    deliver(job)
    ended = fresh(job)
    assert ended.state == JobState.FAILED
    assert "at the same place" in ended.outcome


def test_a_lost_message_is_sent_again_by_one_of_two_clocks() -> None:
    job = make_job(5)
    assert send_due(at=NOON) == 1
    assert send_due(at=NOON) == 0
    assert send_due(at=NOON + RESENT_AFTER) == 1
    deliver(job, steps=1, at=NOON + RESENT_AFTER)
    assert send_due(at=NOON + RESENT_AFTER * 1.5) == 0
    assert send_due(at=NOON + RESENT_AFTER * 2) == 1


def test_a_cancelled_job_keeps_what_it_did_and_does_no_more() -> None:
    job = make_job(5)
    deliver(job, steps=2)
    assert cancel(job.pk, actor=job.person, at=NOON).state == JobState.CANCELLED
    assert deliver(job, slice_no=1) is None
    assert send_due(at=later(hours=1)) == 0
    assert counted() == [0, 1]
    assert told(job) == ["job.started", "job.cancel_asked", "job.cancelled"]


def test_a_job_that_is_cancelled_while_a_slice_runs_stops_with_the_next_step() -> None:
    job = make_job(5)
    kill_in_the_middle(job, steps=2)
    row = cancel(job.pk, actor=job.person, at=NOON)
    assert row.is_under_way
    assert row.lease is not None
    with pytest.raises(LeaseLost):
        _held(job.pk, uuid4())
    ended = _write(_held(job.pk, row.lease), None, NOON)
    assert ended.state == JobState.CANCELLED


def test_a_job_ends_with_the_right_of_who_asked_for_it() -> None:
    job = make_job(5)
    deliver(job, steps=2)
    Membership.objects.filter(user=job.person).delete()
    deliver(job)
    ended = fresh(job)
    assert ended.state == JobState.FAILED
    assert "may no longer do this" in ended.outcome
    assert counted() == [0, 1]
    assert ended.client is not None
    other = make_lead(ended.client)
    retry(job.pk, actor=other, at=NOON)
    deliver(job)
    assert fresh(job).actor == other
    assert counted() == [0, 1, 2, 3, 4]


def test_a_kind_that_a_later_version_lacks_ends_with_a_sentence() -> None:
    job = make_job(5)
    Job.objects.filter(pk=job.pk).update(kind="test.gone")
    deliver(job)
    assert fresh(job).outcome == "This version of CampaignHub has no such job."


def test_a_job_of_long_ago_goes_and_one_under_way_stays() -> None:
    old, running = make_job(1), make_job(1)
    deliver(old)
    drop_old_jobs(at=NOON + KEPT * 2)
    assert list(Job.objects.all()) == [running]


def test_a_job_of_the_clock_follows_no_page_and_the_log_keeps_only_its_failure() -> None:
    job = start(KIND, title="Count", client=None, actor=None, at=NOON, parameters={"most": 3})
    deliver(job, at=NOON + TOOK_LONG)
    ended = fresh(job)
    assert (ended.state, ended.mail_due_at, told(job)) == (JobState.DONE, None, [])
    bad = {"most": 3, "trouble": {"1": "bug"}}
    job = start(KIND, title="Count", client=None, actor=None, at=NOON, parameters=bad)
    with pytest.raises(ZeroDivisionError):
        deliver(job)
    assert told(job) == ["job.failed"]
    operator = make_user()
    operator.is_superuser = True
    operator.save()
    retry(job.pk, actor=operator, at=NOON)
    assert fresh(job).actor == operator


def test_a_job_starts_where_the_same_one_ends_in_the_moment_between_two_looks() -> None:
    running = make_job(1, only_one="count")
    ended: list[int] = []

    def end_first(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("SELECT") and "only_one" in sql and not ended:
            ended.append(running.pk)
            Job.objects.filter(pk=running.pk).update(
                ended_at=NOON, state=JobState.DONE, due_at=None
            )
        return execute(sql, *rest)

    with connection.execute_wrapper(end_first):
        job = make_job(1, only_one="count")
    assert ended == [running.pk]
    assert job.pk != running.pk
    assert fresh(job).is_under_way
    assert make_job(1, only_one="count") == job


def test_what_the_clock_did_well_is_kept_for_days() -> None:
    well = start(KIND, title="Count", client=None, actor=None, at=NOON, parameters={"most": 1})
    staff = make_job(1)
    for job in (well, staff):
        deliver(job)
    drop_old_jobs(at=NOON + KEPT_OF_CLOCK)
    assert Job.objects.count() == 2
    drop_old_jobs(at=later(seconds=1) + KEPT_OF_CLOCK)
    assert list(Job.objects.all()) == [staff]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_with_the_same_message_one_runs_the_slice() -> None:
    job = make_job(40)
    ran = at_once(*[lambda: deliver(job, slice_no=0, steps=20)] * 4)
    assert len([one for one in ran if one is not None]) == 1
    assert counted() == list(range(20))
    at_once(*[lambda: deliver(job, slice_no=1)] * 4)
    assert counted() == list(range(40))
    assert told(job) == DONE_ONCE
    assert connection.vendor == "postgresql"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_that_is_started_as_another_of_its_kind_ends_is_started_or_joins_that_one() -> None:
    first = make_job(only_one="the same")
    actor, client = first.person, first.client

    def start_and_end() -> None:
        for _ in range(60):
            job = make_job(only_one="the same", actor=actor, client=client)
            with suppress(JobHasEnded):
                cancel(job.pk, actor=actor, at=NOON)

    at_once(*[start_and_end] * 4)
    assert not Job.objects.filter(ended_at=None).exists()
