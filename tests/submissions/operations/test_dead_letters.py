"""Dead letters are seen without being lost, sent again with their time of entry, and thrown away for a reason."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import EndpointConnectionError
from django.utils import timezone

from campaignhub import aws
from campaignhub.env import env
from campaigns.accounts.models import AuditEntry
from ingest_lambda.adapters.quarantine import LARGEST_CHARS, quarantine_body
from ingest_lambda.contract import entered_at
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission
from submissions.operations.models import LedgerRound
from submissions.operations.rules.dead_letters import judge, masked, with_entered_at
from submissions.operations.services.dead_letters import (
    QueueAway,
    ReasonMissing,
    depths,
    discard,
    list_dead_letters,
    pairs,
    replay,
)
from tests.campaigns.factories import make_user
from tests.submissions.factories import (
    NOON,
    edited_by_hand,
    make_campaign,
    make_image,
    make_message,
    make_record,
    make_upload,
    streamed,
)
from tests.support.simulated_aws import depth

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues")]
QUEUES = ("submissions", "images", "mirror", "mail_tasks", "jobs", "quarantine")
"""Those with a queue in front; what the mirror Pipe gives up has none."""
SPAN = {
    "context": {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 10001},
    "version": "1.0",
    "timestamp": "2026-06-03T12:00:00.000Z",
    "DDBStreamBatchInfo": {
        "shardId": "shardId-1",
        "startSequenceNumber": "1",
        "endSequenceNumber": "9",
        "batchSize": 7,
        "streamArn": "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/1",
    },
}


def envelope(**changes: Any) -> dict[str, Any]:
    body = {
        "submission_id": str(uuid4()),
        "token": "t" * 30,
        "answers": {"email": "ada@example.com"},
        "consents": {},
    }
    return {
        "kind": "submission",
        "schema": 1,
        "slug": "summer",
        "entered_at_ms": "",
        "body": body,
        **changes,
    }


def put(queue: str, *bodies: Any) -> list[str]:
    url = pairs()[queue].dead_url
    return [
        aws.sqs().send_message(
            QueueUrl=url,
            MessageBody=body if isinstance(body, str) else json.dumps(body),
            MessageAttributes={"slug": {"DataType": "String", "StringValue": "summer"}},
        )["MessageId"]
        for body in bodies
    ]


def received(queues: Any, queue: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = queues.receive_message(
        QueueUrl=pairs()[queue].source_url,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
    ).get("Messages", [])
    return messages


@pytest.mark.parametrize("queue", QUEUES)
def test_to_look_loses_nothing_and_may_be_done_again_at_once(queues, queue):
    put(queue, *(envelope() for _ in range(23)))
    for _ in range(2):
        assert len(list_dead_letters(queue)) == 23
    assert depth(queues, pairs()[queue].dead_url) == 23


def test_nothing_that_somebody_typed_is_shown():
    put("submissions", envelope())
    put("mirror", streamed(make_record(make_campaign())))
    put("quarantine", {"why": "bad_token", "message": json.dumps(envelope())})
    for queue in ("submissions", "mirror", "quarantine"):
        (letter,) = list_dead_letters(queue)
        assert "ada@example.com" not in repr(letter)
        assert "summer" in letter.content
        assert "email" in letter.content or queue == "mirror"


@pytest.mark.parametrize("queue", QUEUES)
def test_chosen_ones_go_back_to_their_queue_and_the_others_stay(queues, queue):
    chosen, *_ = put(queue, envelope(), envelope(), envelope())
    actor = make_user()
    assert replay(queue, message_ids={chosen}, actor=actor, at=NOON) == 1
    assert len(list_dead_letters(queue)) == 2
    (message,) = received(queues, queue)
    assert message["MessageAttributes"]["slug"]["StringValue"] == "summer"
    line = AuditEntry.objects.get(code="deadletters.replayed")
    assert line.after == {"count": 1, "ids": [chosen], "reason": ""}
    assert replay(queue, message_ids={chosen}, actor=actor, at=NOON) == 0


def test_all_go_back_when_none_is_chosen(queues):
    put("images", *({"Records": []} for _ in range(25)))
    assert replay("images", message_ids=None, actor=make_user(), at=NOON) == 25
    assert depth(queues, env().images_queue_url) == 25
    assert list_dead_letters("images") == []


@pytest.mark.parametrize("known", ["", "1780000000000"])
def test_a_submission_keeps_its_time_of_entry_through_a_replay(queues, known):
    before = datetime.now(UTC)
    put("submissions", envelope(entered_at_ms=known))
    replay("submissions", message_ids=None, actor=make_user(), at=NOON)
    (message,) = received(queues, "submissions")
    told = json.loads(message["Body"])["entered_at_ms"]
    if known:
        assert told == known
    else:
        moment = entered_at(told, sent_timestamp_ms="")
        assert abs((moment - before).total_seconds()) < 5


@pytest.mark.parametrize("known", ["", "1780000000000"])
def test_a_quarantined_message_is_sent_as_it_came_with_the_time_that_it_came(queues, known):
    original = envelope(entered_at_ms=known)
    note = quarantine_body(json.dumps(original), why="bad_token", sent_timestamp_ms="1770000000000")
    put("quarantine", note)
    replay("quarantine", message_ids=None, actor=make_user(), at=NOON)
    (message,) = received(queues, "submissions")
    assert json.loads(message["Body"]) == {**original, "entered_at_ms": known or "1770000000000"}


def test_one_who_nests_to_no_end_keeps_nobody_from_looking_and_sending_again(queues):
    ours = json.dumps(envelope())
    for levels in (600, 1200, 20_000):
        deep = ours.replace('"ada@example.com"', "[" * levels + "]" * levels)
        put("quarantine", quarantine_body(deep, why="bad_token", sent_timestamp_ms="1"))
        put("submissions", deep)
    put("quarantine", quarantine_body(ours, why="bad_token", sent_timestamp_ms="1"))
    assert len(list_dead_letters("quarantine")) == 4
    assert len(list_dead_letters("submissions")) == 3
    assert replay("quarantine", message_ids=None, actor=make_user(), at=NOON) == 4


def test_a_long_message_comes_back_from_quarantine_whole(queues):
    long = envelope()
    long["body"]["answers"] = {"story": '"' * 31_000}
    body = json.dumps(long)
    assert 60_000 < len(body) < LARGEST_CHARS
    put("quarantine", quarantine_body(body, why="bad_token", sent_timestamp_ms="1"))
    replay("quarantine", message_ids=None, actor=make_user(), at=NOON)
    (message,) = received(queues, "submissions")
    assert json.loads(message["Body"])["body"] == long["body"]


def test_what_the_mirror_pipe_gave_up_is_fetched_by_comparing_everything(queues):
    chosen, _ = put("pipe", SPAN, SPAN)
    assert "7 changes of the table" in {one.subject for one in list_dead_letters("pipe")}
    actor, now = make_user(), timezone.now()
    assert replay("pipe", message_ids={chosen}, actor=actor, at=now) == 1
    first = LedgerRound.objects.get(asked_by=actor)
    later = now + timedelta(minutes=5)
    assert replay("pipe", message_ids=None, actor=actor, at=later) == 1
    assert LedgerRound.objects.get() == first, "it began after this one was lost too"
    assert depth(queues, env().mirror_pipe_dead_letter_queue_url) == 0
    put("pipe", SPAN)
    LedgerRound.objects.update(begun_at=now - timedelta(minutes=5))
    assert replay("pipe", message_ids=None, actor=actor, at=later) == 1
    assert LedgerRound.objects.get() != first, "it may have passed what was lost since"


def test_what_is_thrown_away_is_gone_for_a_reason_in_the_log(queues):
    gone, _ = put("mirror", "nonsense", {})
    actor = make_user()
    with pytest.raises(ReasonMissing):
        discard("mirror", message_ids={gone}, reason=" ", actor=actor, at=NOON)
    assert discard("mirror", message_ids={gone}, reason="a probe", actor=actor, at=NOON) == 1
    assert depth(queues, env().mirror_dead_letter_queue_url) == 1
    line = AuditEntry.objects.get(code="deadletters.discarded")
    assert line.after == {"count": 1, "ids": [gone], "reason": "a probe"}


def test_what_was_discarded_before_the_queue_broke_off_is_in_the_log(queues, monkeypatch):
    ids = put("submissions", envelope(), envelope(), envelope())
    client, delete = aws.sqs(), aws.sqs().delete_message
    left = [True, True]

    def breaks_off(**message: Any) -> Any:
        if not left:
            raise EndpointConnectionError(endpoint_url="away")
        left.pop()
        return delete(**message)

    monkeypatch.setattr(client, "delete_message", breaks_off)
    with pytest.raises(QueueAway):
        discard("submissions", message_ids=ids, reason="a probe", actor=make_user(), at=NOON)
    told: Any = AuditEntry.objects.get(code="deadletters.discarded").after
    assert (told["count"], set(told["ids"]) < set(ids)) == (2, True)


def test_a_replay_that_dies_after_sending_leaves_a_second_copy_and_no_loss(queues, monkeypatch):
    put("submissions", envelope())
    client = aws.sqs()

    def dies(**_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(client, "delete_message", dies)
    with pytest.raises(KeyboardInterrupt):
        replay("submissions", message_ids=None, actor=make_user(), at=NOON)
    assert depth(queues, env().submissions_queue_url) == 1
    assert depth(queues, env().submissions_dead_letter_queue_url) == 1


def test_a_mirror_record_replayed_twice_is_one_submission(queues):
    record = streamed(make_record(make_campaign()))
    put("mirror", record, record)
    replay("mirror", message_ids=None, actor=make_user(), at=NOON)
    bodies = [json.loads(message["Body"]) for message in received(queues, "mirror")]
    assert mirror_stream_records(bodies, at=NOON).taken == 2
    assert Submission.objects.count() == 1


def test_depths_are_counted_and_a_queue_that_does_not_answer_is_left_open(queues):
    put("mirror", {}, {})
    queues.delete_queue(QueueUrl=env().images_queue_url)
    aws.impatient_sqs.cache_clear()
    by_name = {held.name: held for held in depths()}
    assert (by_name["mirror"].waiting, by_name["mirror"].dead) == (0, 2)
    assert by_name["images"].waiting is None


def test_queues_that_do_not_answer_are_an_error_with_words(queues):
    queues.delete_queue(QueueUrl=env().images_dead_letter_queue_url)
    with pytest.raises(QueueAway, match="again in a minute"):
        list_dead_letters("images")


# ---------------------------------------------------------------- the rules


def test_every_letter_says_what_it_is_and_why_it_may_be_here():
    record = make_record(make_campaign())
    task = base64.b64encode(json.dumps({"headers": {"task": "intake.settle_overdue"}}).encode())
    key = "incoming/summer/id/1/1-1-nonce"
    for queue, body, subject, reason in (
        ("submissions", "no", "Unreadable", "not JSON"),
        ("submissions", "[]", "Unreadable", "no shape"),
        ("submissions", "{}", "Unreadable", "another shape"),
        ("submissions", json.dumps(envelope()), "Submission ", "The writer could not"),
        ("images", "{}", "Unreadable", "no notice"),
        (
            "images",
            json.dumps({"Records": [{"s3": {"object": {"key": key}}}]}),
            f"Photo {key}",
            "images function",
        ),
        ("mirror", json.dumps({"dynamodb": {}}), "Not for the site", "does not keep"),
        ("mirror", json.dumps({"dynamodb": {"NewImage": {}}}), "Unreadable", "KeyError"),
        ("mirror", json.dumps(streamed(record)), f"Submission {record.id}", "campaign"),
        (
            "mirror",
            json.dumps(edited_by_hand(record)),
            f"SUBMISSION#{record.id} SUBMISSION",
            "can't be read (answers: JSONDecodeError)",
        ),
        (
            "mirror",
            json.dumps(streamed(make_image(record.id, make_upload(record.id)))),
            f"Image {record.id}",
            "campaign",
        ),
        (
            "mirror",
            json.dumps(streamed(make_message(record.id))),
            f"Message {record.id}",
            "campaign",
        ),
        ("jobs", task.decode(), "Task intake.settle_overdue", "worker"),
        ("mail_tasks", "###", "Unreadable", "no task"),
        ("quarantine", json.dumps({"why": "bad_token"}), "Never issued", "bad token"),
        ("pipe", json.dumps(SPAN), "7 changes of the table", "in all its tries"),
        ("pipe", "{}", "Unreadable", "no notice of the Pipe"),
    ):
        verdict = judge(queue, body)
        assert subject in verdict.subject, (queue, body)
        assert reason in verdict.reason, (queue, body)


def test_a_form_s_own_words_are_hidden_whatever_they_are_called():
    """A form may ask ``why``; a stranger may send anything under any name."""
    asked = {"why": "Jane", "status": "Smith", "pk": "07700900123", "M": {"why": {"S": "Ada"}}}
    record = streamed(make_record(make_campaign()))
    record["dynamodb"]["NewImage"]["answers"] = {"M": {"why": {"S": "Ada"}}}
    forged = {"status": "ada@example.com", "slug": "Jane Smith", "why": ["Jane"], "body": asked}
    for message in (
        envelope(body={"answers": asked, "consents": asked}),
        {"why": "bad_token", "message": json.dumps(envelope(body={"answers": asked}))},
        record,
        {**forged, "body": {"fields": asked}},
    ):
        shown = masked(json.dumps(message))
        for word in ("Jane", "Smith", "07700900123", "Ada", "ada@"):
            assert word not in shown, message


def test_a_message_that_is_no_json_is_masked_whole():
    assert masked("ada@example.com") == "15 characters that are not JSON"
    assert "ada" not in masked(json.dumps({"message": "ada@example.com", "list": ["ada", 5]}))


@pytest.mark.parametrize("body", ["no", "[]", "{}", '{"kind": "x", "entered_at_ms": "5"}'])
def test_a_time_of_entry_is_filled_in_only_where_it_is_missing(body):
    assert with_entered_at(body, sent_timestamp_ms="7") == body
