"""The drains: settled means deleted, and nothing else does."""

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError

from campaignhub import aws, ingest
from campaignhub.clock.breaker import FAILURES
from campaignhub.env import env
from submissions.intake.batches import Message
from submissions.intake.drains import (
    IngestDrain,
    MirrorDrain,
    QueueDrain,
    drain_until,
    drains,
)
from submissions.intake.models import Heartbeat
from submissions.mirror.models import ReceiptImage, Submission
from tests.ingest_lambda.writing import KEYS, make_envelope, make_payload
from tests.submissions.factories import (
    edited_by_hand,
    make_campaign,
    make_image,
    make_record,
    make_upload,
)
from tests.submissions.factories import streamed as streamed_record
from tests.support.simulated_aws import TRIES, depth, simulated_aws

pytestmark = pytest.mark.django_db

DEEP = "[" * 20_000 + "]" * 20_000


@pytest.fixture(autouse=True)
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with simulated_aws(monkeypatch) as queues:
        yield queues


def _send(url: str, *bodies: Any) -> None:
    for body in bodies:
        text = body if isinstance(body, str) else json.dumps(body)
        aws.sqs().send_message(QueueUrl=url, MessageBody=text)


def _deliver_again(queues: Any, url: str, messages: Iterable[Message]) -> None:
    """End the time in which what was received stays unseen: now, and not while a batch is being filled."""
    for message in messages:
        queues.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )


# ---------------------------------------------------------------- the mirror


def test_a_batch_is_taken_in_and_deleted_and_poison_is_left_to_the_redrive(queues):
    campaign, url = make_campaign(), env().mirror_queue_url
    left: list[Message] = []

    class Watched(MirrorDrain):
        def settle(self, messages: Sequence[Message]) -> Sequence[Message]:
            done = super().settle(messages)
            left.extend(message for message in messages if message not in done)
            return done

    records = [make_record(campaign) for _ in range(23)]
    image = make_image(records[0].id, make_upload(records[0].id))
    spoilt = streamed_record(make_record(campaign))
    spoilt["dynamodb"]["NewImage"]["version"] = {"N": str(2**70)}
    nested = streamed_record(make_record(campaign))
    nested["dynamodb"]["NewImage"]["answers"] = {"S": DEEP}
    poison = ("not JSON", DEEP, nested, spoilt)
    _send(url, *map(streamed_record, records), streamed_record(image), *poison)
    drain = Watched(url)
    assert drain.drain_once() == 24
    assert (Submission.objects.count(), ReceiptImage.objects.count()) == (23, 1)
    for _ in range(TRIES):
        assert depth(queues, url) == len(left) == len(poison)
        _deliver_again(queues, url, left)
        left.clear()
        assert drain.drain_once() == 0
    assert depth(queues, url) == 0
    assert depth(queues, env().mirror_dead_letter_queue_url) == len(poison)


def test_a_batch_that_was_committed_but_not_deleted_comes_again_without_harm(queues):
    url = env().mirror_queue_url
    _send(url, streamed_record(make_record(make_campaign())))
    drain = MirrorDrain(url)
    taken = drain._receive(0)
    assert drain.settle(taken) == taken
    assert depth(queues, url) == 1
    _deliver_again(queues, url, taken)
    assert drain.drain_once() == 1
    assert depth(queues, url) == 0
    assert Submission.objects.count() == 1


def test_a_record_at_which_a_batch_breaks_is_alone_on_its_second_try(queues):
    campaign, url = make_campaign(), env().mirror_queue_url
    tried: list[list[str]] = []
    taken: list[Message] = []

    class Breaking(MirrorDrain):
        def _receive(self, wait_seconds: int) -> list[Message]:
            got = super()._receive(wait_seconds)
            taken.extend(got)
            return got

        def settle(self, messages: Sequence[Message]) -> Sequence[Message]:
            tried.append([message["MessageId"] for message in messages])
            if any(message["Body"] == "poison" for message in messages):
                raise ZeroDivisionError
            return super().settle(messages)

    _send(url, *(streamed_record(make_record(campaign)) for _ in range(4)), "poison")
    drain = Breaking(url)
    with pytest.raises(ZeroDivisionError):
        drain.drain_once()
    _deliver_again(queues, url, taken)
    with pytest.raises(ZeroDivisionError):
        drain.drain_once()
    assert sorted(map(len, tried)) == [1, 1, 1, 1, 1, 5]
    assert (Submission.objects.count(), depth(queues, url)) == (4, 1)


def test_nothing_is_received_while_the_database_is_away(queues, monkeypatch):
    url, drain = env().mirror_queue_url, MirrorDrain(env().mirror_queue_url)
    _send(url, streamed_record(make_record(make_campaign())))
    asked: list[int] = []

    def away() -> None:
        asked.append(1)
        if len(asked) == FAILURES:
            drain.stop()
        raise OperationalError

    monkeypatch.setattr(drain, "ask_database", away)
    monkeypatch.setattr(drain, "_beat", lambda *_: None)
    drain.run()
    received = queues.receive_message(
        QueueUrl=url, MessageSystemAttributeNames=["ApproximateReceiveCount"]
    )["Messages"]
    assert [one["Attributes"]["ApproximateReceiveCount"] for one in received] == ["1"]


def test_a_drain_that_is_told_to_stop_finishes_its_batch_and_takes_no_other(queues):
    url, settled = env().mirror_queue_url, []
    begun, go_on = threading.Event(), threading.Event()

    class Slow(MirrorDrain):
        batch_size = 1

        def settle(self, messages: Any) -> Any:
            begun.set()
            go_on.wait(10)
            settled.extend(messages)
            return messages

        def _beat(self, seconds: float, error: str) -> None:
            pass

        def _say_goodbye(self) -> None:
            pass

    _send(url, *({"dynamodb": {}} for _ in range(3)))
    drain = Slow(url)
    drain.start()
    assert begun.wait(10)
    drain.stop()
    go_on.set()
    drain.join(10)
    assert not drain.is_alive()
    assert len(settled) == 1
    assert depth(queues, url) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_drain_survives_its_own_bugs_shows_them_and_takes_leave():
    url, calls, shown = env().mirror_queue_url, [], list[tuple[str, int, str]]()
    lived = threading.Event()

    class Clumsy(MirrorDrain):
        def drain_once(self, *, wait_seconds: int = 0) -> int:
            calls.append(wait_seconds)
            if len(calls) == 1:
                raise KeyError("a bug")
            if len(calls) > 2:
                lived.set()
                self._stopping.wait(0.01)
            return 0

        def _beat(self, seconds: float, error: str) -> None:
            super()._beat(seconds, error)
            row = Heartbeat.objects.get()
            shown.append((row.kind, row.number, row.last_error))

    drain = Clumsy(url)
    drain.start()
    assert lived.wait(20)
    drain.stop()
    drain.join(10)
    assert shown[:2] == [("mirror", 1, "KeyError"), ("mirror", 1, "")]
    assert not Heartbeat.objects.exists()


# ---------------------------------------------------------------- the writer in the Pipe's place


def _forged() -> dict[str, Any]:
    body = {"submission_id": str(uuid4()), "token": "forged" * 10, "answers": {}}
    return {"kind": "submission", "schema": 1, "slug": "none", "entered_at_ms": "", "body": body}


def test_the_writer_gets_what_a_pipe_would_give_it_and_settles_it(queues):
    url = env().submissions_queue_url
    _send(url, *(_forged() for _ in range(9)), "not JSON")
    drain = IngestDrain(url)
    assert drain.drain_once() == 10
    assert depth(queues, url) == 0
    assert depth(queues, env().quarantine_queue_url) == 10


def test_what_the_writer_cannot_settle_now_comes_again_and_the_rest_does_not(queues):
    url = env().submissions_queue_url
    _send(url, *(_forged() for _ in range(3)))
    gone = env().quarantine_queue_url
    queues.delete_queue(QueueUrl=gone)
    drain = IngestDrain(url)
    taken = drain._receive(0)
    assert drain.settle(taken) == []
    assert depth(queues, url) == 3
    queues.create_queue(QueueName="quarantine")
    _deliver_again(queues, url, taken)
    assert drain.drain_once() == 3
    assert depth(queues, url) == 0
    assert depth(queues, gone) == 3


def test_with_a_wrong_table_name_every_message_is_reported_loudly_and_none_is_lost(
    queues, monkeypatch, caplog
):
    monkeypatch.setattr(env(), "table_name", "mistyped")
    monkeypatch.setattr(env(), "token_keys", KEYS)
    url, signed = env().submissions_queue_url, [make_payload() for _ in range(3)]
    _send(url, *map(make_envelope, signed))
    drain = IngestDrain(url)
    for _ in range(TRIES):
        taken = drain._receive(0)
        assert drain.settle(taken) == []
        _deliver_again(queues, url, taken)
    assert drain.drain_once() == 0
    assert (depth(queues, url), depth(queues, env().submissions_dead_letter_queue_url)) == (0, 3)
    errors = [entry for entry in caplog.records if entry.levelname == "ERROR"]
    assert len(errors) == 3 * TRIES
    assert all("no table 'mistyped'" in str(entry.exc_info) for entry in errors)


def test_the_time_of_entry_is_when_the_queue_first_took_it(monkeypatch):
    seen: list[dict[str, Any]] = []

    def write(records: list[dict[str, Any]]) -> list[str]:
        seen.extend(records)
        return []

    monkeypatch.setattr("submissions.intake.drains.write_records", write)
    before = datetime.now(UTC)
    _send(env().submissions_queue_url, _forged())
    IngestDrain(env().submissions_queue_url).drain_once()
    sent_at = datetime.fromtimestamp(int(seen[0]["attributes"]["SentTimestamp"]) / 1000, UTC)
    assert abs((sent_at - before).total_seconds()) < 5
    assert seen[0]["attributes"]["ApproximateReceiveCount"] == "1"


def test_both_ways_in_call_the_same_writer():
    assert IngestDrain(env().submissions_queue_url).settle([]) == []
    assert ingest.write_records([]) == []


# ---------------------------------------------------------------- their process


def test_drains_begin_and_end_with_their_process(monkeypatch):
    ran: list[str] = []

    def run(drain: QueueDrain) -> None:
        ran.append(drain.name)
        drain._stopping.wait(20)

    monkeypatch.setattr(QueueDrain, "run", run)
    stop, wanted = threading.Event(), drains()
    stop.set()
    drain_until(stop, wanted)
    assert not any(drain.is_alive() for drain in wanted)
    assert ran == [drain.name for drain in wanted]


@pytest.mark.parametrize(
    ("consumer", "names"),
    [
        ("pipe", ["mirror-1", "mail-notices-1"]),
        ("celery", ["mirror-1", "ingest-1", "ingest-2", "ingest-3", "mail-notices-1"]),
    ],
)
def test_the_submissions_queue_has_one_consumer(consumer, names, monkeypatch):
    monkeypatch.setattr(env(), "ingest_consumer", consumer)
    assert [drain.name for drain in drains()] == names


def test_a_record_that_is_refused_is_named_in_the_log_and_with_the_drain_s_signs_of_life(
    queues, caplog, monkeypatch
):
    record, url = make_record(make_campaign()), env().mirror_queue_url
    _send(url, edited_by_hand(record))
    drain = MirrorDrain(url)
    now = [1000.0]
    monkeypatch.setattr("submissions.intake.drains.time.monotonic", lambda: now[0])

    assert drain.drain_once() == 0
    drain._beat(0.1, "")

    named = f"SUBMISSION#{record.id} SUBMISSION (answers: JSONDecodeError)"
    (line,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert line == (f"mirror: a message was refused at receive 1: {named}, left to the redrive")
    assert Heartbeat.objects.get().last_error == f"A message was refused at receive 1: {named}"
    assert "O" + '"Neill' not in caplog.text

    drain._beat(0.1, "OperationalError")
    assert Heartbeat.objects.get().last_error == "OperationalError"
    now[0] += 181
    drain._beat(0.1, "")
    assert Heartbeat.objects.get().last_error == ""
