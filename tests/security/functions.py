"""The functions as AWS calls them, over a table, a bucket and queues of moto's: what a stranger can reach."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import _lru_cache_wrapper
from typing import Any
from uuid import UUID, uuid4

import boto3
import pytest

from ingest_lambda import handlers
from ingest_lambda.adapters.stock import Stock
from ingest_lambda.adapters.table import Partner, Table
from ingest_lambda.config import config
from ingest_lambda.contract import Current, Manifest, SubmissionRecord
from ingest_lambda.functions.publish import publish
from ingest_lambda.rules.people import api_key_hash
from tests.ingest_lambda.declared import create_stock_table, create_table
from tests.ingest_lambda.writing import EMAIL_FIELD, KEYS, make_manifest
from tests.support.simulated_aws import empty_account

Json = dict[str, Any]
RECEIPT_FIELD = {"name": "receipt", "kind": "receipt_image", "required": False, "max_receipts": 3}
PARTNER_KEY = "a partner's key"


class Context:
    """What Lambda hands over beside the event."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long this call may still take."""
        return 20_000


def cool_down() -> None:
    """Forget all that a warm function keeps."""
    for kept in [config, *vars(handlers).values()]:
        if isinstance(kept, _lru_cache_wrapper):
            kept.cache_clear()


@dataclass
class Functions:
    """One deployment with one campaign, open now."""

    table: Table
    stock: Stock
    bucket: Any
    queues: Any
    quarantine_url: str

    def start(self, asked: Json | str, *, slug: str = "summer", **caller: str) -> tuple[int, Json]:
        """Call ``POST /start``; ``caller`` is its address, its browser's name or a partner's key."""
        headers = {"User-Agent": caller.get("browser", "Mozilla/5.0")}
        resource = "/v1/campaigns/{slug}/start"
        if key := caller.get("key"):
            headers["x-api-key"] = key
            resource = "/v1/partner/campaigns/{slug}/start"
        event = {
            "resource": resource,
            "pathParameters": {"slug": slug},
            "headers": headers,
            "requestContext": {"identity": {"sourceIp": caller.get("address", "192.0.2.7")}},
            "body": asked if isinstance(asked, str) else json.dumps(asked),
        }
        return _answer(handlers.start(event, Context()))

    def begin(self, *uploads: Json, **caller: str) -> Json:
        """Call ``start`` as the page does and return its answer, which must be good."""
        status, answer = self.start(asked(*uploads), **caller)
        assert status == 200, answer
        return answer

    def submit(self, started: Json, **body: Any) -> str:
        """Hand a submission to the writer, as the queue does; return its status."""
        said = {
            "submission_id": started["submission_id"],
            "token": started["token"],
            "answers": {"email": f"{uuid4().hex}@example.com"},
            **body,
        }
        assert self.write(envelope(json.dumps(said))) == []
        return self.stored(started).status

    def write(self, *messages: str, receives: int = 1) -> list[str]:
        """Give the writer a batch; return the messages that it wants delivered again."""
        records = [
            {
                "messageId": f"m{number}",
                "body": message,
                "attributes": {
                    "SentTimestamp": _now_ms(),
                    "ApproximateReceiveCount": str(receives),
                },
            }
            for number, message in enumerate(messages)
        ]
        failed = handlers.write(records, Context())["batchItemFailures"]
        return [messages[int(failure["itemIdentifier"][1:])] for failure in failed]

    def look_at(self, key: str, content: bytes) -> list[Any]:
        """Upload a file and let the images function look at it; return what comes again."""
        self.bucket.put_object(Bucket="receipts", Key=key, Body=content)
        notice = json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
        record = {"messageId": "m", "body": notice, "attributes": {}}
        again: list[Any] = handlers.images([record], Context())["batchItemFailures"]
        return again

    def status(self, started: Json, *, token: str | None = None, **path: str) -> tuple[int, Json]:
        """Call the status address with a bearer token."""
        event = {
            "pathParameters": {"slug": "summer", "id": started["submission_id"], **path},
            "headers": {"Authorization": f"Bearer {token or started['token']}"},
            "requestContext": {"identity": {"sourceIp": "192.0.2.7"}},
        }
        return _answer(handlers.status(event, Context()))

    def stored(self, started: Json) -> SubmissionRecord:
        """Read a submission from the table; it must be there."""
        record = self.table.submissions.get(UUID(started["submission_id"]))
        assert record is not None
        return record

    def quarantined(self) -> list[str]:
        """Take what is in quarantine: why each message is there."""
        whys = []
        while messages := self.queues.receive_message(
            QueueUrl=self.quarantine_url, MaxNumberOfMessages=10, VisibilityTimeout=600
        ).get("Messages"):
            whys += [json.loads(message["Body"])["why"] for message in messages]
        return whys


def asked(*uploads: Json, **more: Any) -> Json:
    """Return what a page asks of ``start``."""
    return {
        "release": 1,
        "route": "purchase",
        "locale": "en",
        "uploads": list(uploads),
        **more,
    }


def photo(sha256: str | None = "a" * 64, *, receipt: int = 1, size: int = 1000) -> Json:
    """Announce a photo; without a hash where that is ``None``."""
    wanted = {
        "field": "receipt",
        "receipt": receipt,
        "part": 1,
        "content_type": "image/jpeg",
        "size": size,
        "sha256": sha256,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def envelope(body: str, *, kind: str = "submission", slug: str = "summer") -> str:
    """Write what the gateway puts on the queue; the body stands in it as it came."""
    head = f'"slug":"{slug}","kind":"{kind}","schema":1,"entered_at_ms":"{_now_ms()}"'
    return f'{{"body":{body},{head}}}'


def manifest(**overrides: Any) -> Manifest:
    """Make a campaign that is open now, takes receipts and lets entries count unseen."""
    now = datetime.now(UTC)
    return make_manifest(
        **{
            "fields": (EMAIL_FIELD, RECEIPT_FIELD),
            "opens_at": now - timedelta(days=1),
            "closes_at": now + timedelta(days=9),
            "review": "none",
            **overrides,
        }
    )


def put(table: Table, published: Manifest) -> None:
    """Publish a release, as Django does."""
    current = Current(
        slug=published.slug,
        release=published.release,
        opens_at=published.opens_at,
        closes_at=published.closes_at,
    )
    publish(published, current, table=table)


@contextmanager
def deployed(monkeypatch: pytest.MonkeyPatch, **overrides: Any) -> Iterator[Functions]:
    """Deploy the functions with one campaign of the client whose partner has :data:`PARTNER_KEY`."""
    with empty_account():
        queues, bucket = boto3.client("sqs"), boto3.client("s3")
        url = queues.create_queue(QueueName="quarantine")["QueueUrl"]
        bucket.create_bucket(Bucket="receipts")
        for name, value in {
            "TABLE_NAME": "t",
            "STOCK_TABLE_NAME": "stock",
            "BUCKET_NAME": "receipts",
            "QUARANTINE_QUEUE_URL": url,
            "TOKEN_KEYS": KEYS,
            "PERSON_SECRET": "ef" * 32,
            "WRITE_THREADS": "1",
        }.items():
            monkeypatch.setenv(name, value)
        client = boto3.client("dynamodb")
        create_table(client, "t")
        create_stock_table(client, "stock")
        table = Table(client, "t")
        put(table, manifest(**overrides))
        table.published.put_partner(
            api_key_hash(PARTNER_KEY), Partner(client_id="k1", name="Kiosks")
        )
        cool_down()
        yield Functions(table, Stock(client, "stock"), bucket, queues, url)
        cool_down()


def _answer(reply: Json) -> tuple[int, Json]:
    return reply["statusCode"], json.loads(reply["body"])


def _now_ms() -> str:
    return str(int(datetime.now(UTC).timestamp() * 1000))
