"""Sending dead letters again as a job: once done and once told, whoever dies in between."""

from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import EndpointConnectionError
from django.utils import timezone

from campaignhub import aws
from campaigns.accounts.models import AuditEntry
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.asking import cancel
from campaigns.jobs.services.running import LEASE
from submissions.operations.services import replays
from submissions.operations.services.dead_letters import pairs, read_messages
from submissions.operations.services.replays import start_replay
from tests.campaigns.jobs.bad_luck import survives
from tests.campaigns.jobs.counting import deliver, told
from tests.submissions.operations.operators import make_operator
from tests.support.jobs import run_jobs
from tests.support.message_moves import Moves, offer_moves
from tests.support.simulated_aws import depth

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues")]


def lie_dead(count: int) -> None:
    for number in range(count):
        aws.sqs().send_message(QueueUrl=pairs()["images"].dead_url, MessageBody=f'"{number}"')


def lying() -> tuple[int, int]:
    """Count what is dead, and what its queue has."""
    pair = pairs()["images"]
    return depth(aws.sqs(), pair.dead_url), depth(aws.sqs(), pair.source_url)


def started(**more: Any) -> Job:
    options = {"message_ids": None, "client": None, "at": timezone.now(), **more}
    return start_replay("images", actor=make_operator(), **options)


def test_all_of_them_go_in_steps_and_the_log_names_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.operations.services.replays._A_STEP", 10)
    lie_dead(25)
    job = started()
    assert (job.title, job.total) == ("Send all dead letters of Photos again", 25)
    (ended,) = run_jobs()
    assert ended.outcome == "25 messages were sent again."
    assert lying() == (0, 25)
    lines: Any = AuditEntry.objects.filter(code="deadletters.replayed")
    assert len([one for line in lines for one in line.after["ids"]]) == 25
    assert told(job) == ["job.started", "job.done"]


def test_killed_delivered_twice_and_gone_on_with_none_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("submissions.operations.services.replays._A_STEP", 10)
    lie_dead(25)
    job, now = started(), timezone.now()
    for _ in range(2):
        deliver(job, steps=1, at=now, slice_no=0)
    assert lying() == (15, 10)
    Job.objects.update(lease=uuid4(), leased_until=now + LEASE)
    assert deliver(job, at=now) is None
    run_jobs(at=now + LEASE)
    assert lying() == (0, 25)
    assert Job.objects.get().done == 25


def test_what_comes_while_it_runs_is_left_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.operations.services.replays._A_STEP", 10)
    lie_dead(3)
    started(at=timezone.now())
    Job.objects.update(asked_at=timezone.now().replace(year=2020))
    (ended,) = run_jobs()
    assert ended.outcome == "None of them was there any more."
    assert lying() == (3, 0)


def test_a_cancelled_one_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.operations.services.replays._A_STEP", 10)
    lie_dead(25)
    job, now = started(), timezone.now()
    deliver(job, steps=1, at=now)
    cancel(job.pk, actor=job.person, at=now)
    run_jobs()
    assert Job.objects.get().state == JobState.CANCELLED
    assert lying() == (15, 10)


def test_pressed_twice_it_is_one_job() -> None:
    lie_dead(1)
    assert started() == started()


# ---------------------------------------------------------------- moved by the queue service


@pytest.fixture
def moves(queues: Any, monkeypatch: pytest.MonkeyPatch) -> Moves:
    """Let the queue service move messages by itself."""
    monkeypatch.setattr(replays, "LOOKED_AT_EVERY_SECONDS", 0)
    return offer_moves(monkeypatch, queues)


def logged() -> list[int]:
    lines: Any = AuditEntry.objects.filter(code="deadletters.replayed")
    return [line.after["count"] for line in lines]


def test_where_the_service_moves_messages_itself_the_job_looks_on(moves: Moves) -> None:
    lie_dead(25)
    job = started()
    (ended,) = run_jobs()
    assert lying() == (0, 25)
    assert (ended.done, ended.outcome) == (25, "25 messages were sent again.")
    assert [task["Status"] for task in moves.tasks] == ["COMPLETED"]
    assert logged() == [25]
    assert told(job) == ["job.started", "job.done"]


def test_a_move_whose_beginner_was_killed_is_taken_over(moves: Moves) -> None:
    lie_dead(25)
    survives(started(), at=timezone.now())
    assert lying() == (0, 25)
    assert len(moves.tasks) == 1
    assert logged() == [25]


def test_a_move_is_stopped_with_its_job(
    moves: Moves, django_capture_on_commit_callbacks: Any
) -> None:
    lie_dead(25)
    job, now = started(), timezone.now()
    deliver(job, steps=2, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        cancel(job.pk, actor=job.person, at=now)
    assert moves.tasks[0]["Status"] == "CANCELLED"
    assert lying() == (15, 10)
    assert logged() == [10]


def test_what_a_move_that_failed_leaves_is_sent_one_by_one(moves: Moves) -> None:
    lie_dead(25)
    job = started()
    deliver(job, steps=2)
    moves.fails = True
    (ended,) = run_jobs()
    assert lying() == (0, 25)
    assert (ended.done, ended.notes) == (25, ["The queue service stopped: AccessDenied."])
    assert sorted(logged()) == [10, 15]


def test_chosen_ones_and_those_of_one_client_are_sent_one_by_one(moves: Moves) -> None:
    lie_dead(1)
    (message,) = read_messages("images", most=10)
    started(message_ids=[message["MessageId"]])
    run_jobs()
    assert lying() == (0, 1)
    assert moves.tasks == []


def test_while_the_queues_are_away_the_job_waits(moves: Moves, monkeypatch: Any) -> None:
    lie_dead(3)
    job, now = started(), timezone.now()
    with monkeypatch.context() as away:
        away.setattr(aws.sqs().meta.events, "emit_until_response", _no_line)
        deliver(job, at=now)
    assert Job.objects.get().is_put_off(now)
    run_jobs(at=now + LEASE)
    assert lying() == (0, 3)


def _no_line(*_: Any, **__: Any) -> Any:
    raise EndpointConnectionError(endpoint_url="https://queues.example")


def test_those_that_another_looks_at_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "LOOKED_AT_EVERY_SECONDS", 0.1)
    lie_dead(3)
    dead, handles = pairs()["images"].dead_url, list[str]()
    while len(handles) < 3:
        got = aws.sqs().receive_message(QueueUrl=dead, MaxNumberOfMessages=10, VisibilityTimeout=60)
        handles += [one["ReceiptHandle"] for one in got.get("Messages", [])]
    job = started()
    assert deliver(job, steps=2).is_under_way
    for handle in handles:
        aws.sqs().change_message_visibility(
            QueueUrl=dead, ReceiptHandle=handle, VisibilityTimeout=0
        )
    (ended,) = run_jobs()
    assert ended.outcome == "3 messages were sent again."
    assert lying() == (0, 3)


@pytest.mark.parametrize("chosen", [False, True])
def test_one_that_its_queue_does_not_take_stays_and_keeps_no_other(chosen: bool) -> None:
    lie_dead(11)
    pair = pairs()["images"]
    aws.sqs().set_queue_attributes(
        QueueUrl=pair.source_url, Attributes={"MaximumMessageSize": "1024"}
    )
    sent = aws.sqs().send_message(QueueUrl=pair.dead_url, MessageBody="x" * 2_000)
    ids = {one["MessageId"] for one in read_messages("images", most=20)}
    assert sent["MessageId"] in ids
    started(message_ids=ids if chosen else None)
    (ended,) = run_jobs()
    assert ended.state == JobState.DONE
    assert (
        ended.outcome
        == "11 messages were sent again. 1 stayed, as the queue takes no such message."
    )
    assert lying() == (1, 11)
    assert len(read_messages("images", most=20)) == 1, "it is not held"
