"""The functions as Lambda calls them: cold and warm, whoever hands over the records."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import _lru_cache_wrapper
from typing import Any
from uuid import UUID

import boto3
import pytest
from PIL import Image

from ingest_lambda import handlers
from ingest_lambda.adapters.table import Partner, Table
from ingest_lambda.adapters.tokens import verify
from ingest_lambda.batch import UnknownEvent
from ingest_lambda.config import config
from ingest_lambda.contract import Current, ImageRecord, ImageRefusal, SubmissionStatus
from ingest_lambda.functions.publish import publish
from ingest_lambda.rules.people import api_key_hash
from tests.ingest_lambda.declared import create_table
from tests.ingest_lambda.writing import (
    EMAIL_FIELD,
    KEYS,
    NOON,
    make_envelope,
    make_manifest,
    make_payload,
)
from tests.support.bombs import many_scans
from tests.support.simulated_aws import empty_account

RECEIPT_FIELD = {"name": "receipt", "kind": "receipt_image", "required": False}


class Context:
    """What Lambda hands over beside the event."""

    def __init__(self, milliseconds: int = 20_000) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        """Return how long this call may still take."""
        return self._milliseconds


def cool_down() -> None:
    """Forget all that a warm function keeps."""
    for kept in [config, *vars(handlers).values()]:
        if isinstance(kept, _lru_cache_wrapper):
            kept.cache_clear()


@pytest.fixture(params=["cold", "warm"])
def table(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    with empty_account():
        queue = boto3.client("sqs").create_queue(QueueName="quarantine")["QueueUrl"]
        boto3.client("s3").create_bucket(Bucket="receipts")
        for name, value in {
            "TABLE_NAME": "t",
            "BUCKET_NAME": "receipts",
            "QUARANTINE_QUEUE_URL": queue,
            "TOKEN_KEYS": KEYS,
            "PERSON_SECRET": "ef" * 32,
            "WRITE_THREADS": "1",
        }.items():
            monkeypatch.setenv(name, value)
        client = boto3.client("dynamodb")
        create_table(client, "t")
        opened = Table(client, "t")
        now = datetime.now(UTC)
        manifest = make_manifest(
            fields=(EMAIL_FIELD, RECEIPT_FIELD),
            opens_at=NOON - timedelta(days=1),
            closes_at=now + timedelta(days=9),
        )
        current = Current(
            slug="summer", release=1, opens_at=manifest.opens_at, closes_at=manifest.closes_at
        )
        publish(manifest, current, table=opened)
        cool_down()
        if request.param == "warm":
            handlers.write([record(make_envelope(make_payload()))], Context())
            handlers.status(request_of(path={"slug": "summer", "id": "none"}), Context())
        yield opened
        cool_down()


def record(body: str, message_id: str = "m1") -> dict[str, Any]:
    sent = str(int(NOON.timestamp() * 1000))
    return {
        "messageId": message_id,
        "receiptHandle": "r",
        "body": body,
        "attributes": {"SentTimestamp": sent, "ApproximateReceiveCount": "1"},
    }


def request_of(
    body: Any = None, *, path: dict[str, str], headers: dict[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "pathParameters": path,
        "headers": {"User-Agent": "test", **(headers or {})},
        "requestContext": {"identity": {"sourceIp": "192.0.2.7"}},
        "body": None if body is None else json.dumps(body),
        **more,
    }


def failures(answer: dict[str, Any]) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


SHAPES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a Pipe's bare array": lambda one: [one],
    "an event source mapping's records": lambda one: {"Records": [one]},
    "a single object": lambda one: one,
}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_writer_takes_a_submission_in_every_shape(table, shape):
    payload = make_payload()
    event = SHAPES[shape](record(make_envelope(payload)))
    assert failures(handlers.write(event, Context())) == []
    assert table.submissions.get(payload.submission_id) is not None


def test_poison_in_a_batch_of_25_comes_back_alone(table):
    sent = [make_payload() for _ in range(25)]
    batch = [record(make_envelope(payload), f"m{n}") for n, payload in enumerate(sent)]
    batch[7] = record(make_envelope(make_payload(release=99)), "m7")  # a release that is not there
    batch[11] = {"messageId": "m11"}
    batch[13] = record("not json", "m13")
    assert failures(handlers.write(batch, Context())) == ["m7", "m11"]
    for n, payload in enumerate(sent):
        assert (table.submissions.get(payload.submission_id) is not None) is (n not in (7, 11, 13))
    queue = boto3.client("sqs")
    (apart,) = queue.receive_message(QueueUrl=config().quarantine_queue_url)["Messages"]
    assert (
        json.loads(apart["Body"]).items()
        >= {"why": "not_understood", "message": "not json"}.items()
    )


def test_with_a_wrong_table_name_every_record_comes_again_and_its_fault_is_logged(
    table, monkeypatch, caplog
):
    monkeypatch.setenv("TABLE_NAME", "mistyped")
    cool_down()
    batch = [record(make_envelope(make_payload()), name) for name in ("m1", "m2")]
    assert failures(handlers.write(batch, Context())) == ["m1", "m2"]
    assert handlers.write_one({"body": json.dumps(batch[0])}, Context())["statusCode"] == 503
    errors = [entry for entry in caplog.records if entry.levelname == "ERROR"]
    assert [entry.message_id for entry in errors] == ["m1", "m2", "m1"]
    assert all("no table 'mistyped'" in str(entry.exc_info) for entry in errors)


@pytest.mark.parametrize("event", [{}, "text", None, [{"body": "no id"}], [3]])
def test_an_event_of_no_known_shape_is_an_error_and_writes_nothing(table, event):
    before = len(list(table.ledger.all_records()))
    with pytest.raises(UnknownEvent):
        handlers.write(event, Context())
    assert len(list(table.ledger.all_records())) == before


def test_a_call_that_is_nearly_over_begins_nothing(table):
    payload = make_payload()
    answer = handlers.write([record(make_envelope(payload))], Context(1_000))
    assert failures(answer) == ["m1"]
    assert table.submissions.get(payload.submission_id) is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (lambda: make_envelope(make_payload()), 204),
        (lambda: "forged", 204),
        (lambda: make_envelope(make_payload(release=99)), 503),
    ],
)
def test_the_inner_way_in_answers_done_or_again_and_never_a_4xx(table, body, status):
    event = {"body": json.dumps(record(body()))}
    assert handlers.write_one(event, Context())["statusCode"] == status


def test_a_page_starts_submits_and_asks_for_its_status(table):
    asked = {"release": 1, "route": "purchase", "locale": "en"}
    answer = handlers.start(request_of(asked, path={"slug": "summer"}), Context())
    assert answer["statusCode"] == 200
    started = json.loads(answer["body"])
    path = {"slug": "summer", "id": started["submission_id"]}
    bearer = {"authorization": f"Bearer {started['token']}"}
    queued = json.loads(handlers.status(request_of(path=path, headers=bearer), Context())["body"])
    assert queued["status"] == "queued"
    envelope = {
        "kind": "submission",
        "schema": 1,
        "slug": "summer",
        "entered_at_ms": "",
        "body": {
            "submission_id": started["submission_id"],
            "token": started["token"],
            "answers": {"email": "ann@example.com"},
        },
    }
    handlers.write([record(json.dumps(envelope))], Context())
    reply = handlers.status(request_of(path=path, headers=bearer), Context())
    assert reply["headers"]["Cache-Control"] == "no-store"
    assert json.loads(reply["body"])["status"] == "pending_review"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ({"slug": "summer", "id": "no-id"}, {"Authorization": "Bearer x"}),
        ({"slug": "summer", "id": str(UUID(int=1))}, {"Authorization": "Basic x"}),
        ({"slug": "summer", "id": str(UUID(int=1))}, {}),
    ],
)
def test_a_status_without_its_token_is_401(table, path, headers):
    answer = handlers.status(request_of(path=path, headers=headers), Context())
    assert answer["statusCode"] == 401


@pytest.mark.parametrize(
    ("resource", "channel"),
    [("/v1/partner/campaigns/{slug}/start", "partner"), ("/v1/campaigns/{slug}/start", "web")],
)
def test_a_partner_is_known_by_its_key_on_its_own_way_only(table, resource, channel):
    asked = {"release": 1, "route": "purchase", "locale": "en"}
    table.published.put_partner(api_key_hash("a key"), Partner(client_id="k1", name="Kiosks"))
    event = request_of(
        asked, path={"slug": "summer"}, resource=resource, headers={"X-Api-Key": "a key"}
    )
    started = json.loads(handlers.start(event, Context())["body"])
    payload = verify(started["token"], token_keys=KEYS)
    assert payload.channel == channel
    assert payload.partner == ("Kiosks" if channel == "partner" else None)


def test_a_key_that_the_gateway_lets_in_and_the_table_does_not_know_opens_nothing(table):
    asked = {"release": 1, "route": "purchase", "locale": "en"}
    event = request_of(
        asked,
        path={"slug": "summer"},
        resource="/v1/partner/campaigns/{slug}/start",
        headers={"X-Api-Key": "no longer"},
    )
    answer = handlers.start(event, Context())
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (404, "unknown_campaign")
    assert "no longer" not in answer["body"]


@pytest.mark.parametrize("told", ["", "yes"])
def test_a_visitor_who_writes_the_distributions_header_is_no_other_device(table, monkeypatch, told):
    monkeypatch.setenv("BEHIND_DISTRIBUTION", told)
    cool_down()

    def hash_of(address: str) -> str | None:
        event = request_of(
            {"release": 1, "route": "purchase", "locale": "en"},
            path={"slug": "summer"},
            headers={"CloudFront-Viewer-Address": f"{address}:4711"},
        )
        started = json.loads(handlers.start(event, Context())["body"])
        return verify(started["token"], token_keys=KEYS).address_hash

    assert (hash_of("203.0.113.7") == hash_of("203.0.113.8")) is not bool(told)


def test_an_upload_becomes_facts_and_a_test_event_of_the_bucket_nothing(table):
    photo = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(photo, "JPEG")
    payload = make_payload()
    key = f"incoming/summer/{payload.submission_id}/1/1-1-ab12cd34"
    boto3.client("s3").put_object(Bucket="receipts", Key=key, Body=photo.getvalue())
    notice = json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
    batch = {"Records": [record(notice), record('{"Event": "s3:TestEvent"}', "m2")]}
    assert failures(handlers.images(batch, Context())) == []
    (facts,) = table.ledger.records_of(payload.submission_id)
    assert isinstance(facts, ImageRecord)
    assert (facts.width, facts.height, facts.refusal) == (40, 30, None)


def test_a_batch_of_uploads_goes_on_past_a_hostile_one(table):
    photo = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(photo, "JPEG")
    files = [
        photo.getvalue(),
        many_scans(800, 800, 3000),
        b"%PDF-1.7 and no more",
        photo.getvalue(),
    ]
    payload = make_payload()
    batch = []
    for part, content in enumerate(files, start=1):
        key = f"incoming/summer/{payload.submission_id}/1/1-{part}-ab12cd34"
        boto3.client("s3").put_object(Bucket="receipts", Key=key, Body=content)
        notice = json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
        batch.append(record(notice, f"m{part}"))
    assert failures(handlers.images(batch, Context())) == []
    refusals = {
        facts.part: facts.refusal for facts in table.ledger.records_of(payload.submission_id)
    }
    assert refusals == {1: None, 2: ImageRefusal.DAMAGED, 3: ImageRefusal.DAMAGED, 4: None}


def test_an_upload_notice_that_is_not_json_comes_back(table):
    assert failures(handlers.images([record("{")], Context())) == ["m1"]


def test_a_submission_that_waits_is_told_so(table):
    payload = make_payload()
    handlers.write([record(make_envelope(payload))], Context())
    stored = table.submissions.get(payload.submission_id)
    assert stored is not None
    assert stored.status is SubmissionStatus.PENDING_REVIEW


def test_many_threads_count_every_outcome_once(table, monkeypatch, capsys):
    monkeypatch.setenv("WRITE_THREADS", "32")
    cool_down()
    counted_by, add = set(), handlers.metrics.add_metric

    def noting(**metric: Any) -> None:
        counted_by.add(threading.get_ident())
        add(**metric)

    monkeypatch.setattr(handlers.metrics, "add_metric", noting)
    batch = [record(make_envelope(make_payload()), f"m{n}") for n in range(60)]
    batch += [record("not json", f"n{n}") for n in range(60)]
    capsys.readouterr()
    handlers.write(batch, Context())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counts = {
        name: sum(sum(line.get(name, ())) for line in lines)
        for name in ("pending_review", "quarantined", "delivered_again")
    }
    assert counts == {"pending_review": 60, "quarantined": 60, "delivered_again": 0}
    assert counted_by == {threading.get_ident()}, "Powertools' metrics are not thread-safe"
