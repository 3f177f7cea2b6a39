"""What tests of the writer are made from: a table in memory, a campaign, tokens and envelopes."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import boto3

from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.stock import Stock
from ingest_lambda.adapters.table import Table
from ingest_lambda.adapters.tokens import sign
from ingest_lambda.contract import (
    Current,
    Decision,
    Manifest,
    SubmissionRecord,
    SubmissionStatus,
    TokenPayload,
    Upload,
)
from ingest_lambda.functions.decide import apply_decision
from ingest_lambda.functions.publish import publish
from ingest_lambda.functions.write import Giver, Writer
from tests.ingest_lambda.declared import create_stock_table, create_table

KEYS = "new:" + "ab" * 32 + ",old:" + "cd" * 32
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
NAME = "campaignhub-test"
STOCK_NAME = "campaignhub-test-stock"
EMAIL_FIELD = {"name": "email", "kind": "email", "meaning": "email"}
RECEIPT_FIELD = {"name": "receipt", "kind": "receipt_image", "max_receipts": 3}
ONCE_A_RECEIPT = {
    "name": "receipt_once",
    "scope": "receipt",
    "count": 1,
    "window": {"kind": "campaign"},
}


def make_manifest(**overrides: Any) -> Manifest:
    """Make a live campaign of June 2026 in London that reviews every submission."""
    given: dict[str, Any] = {
        "campaign_id": "c1",
        "client_id": "k1",
        "slug": "summer",
        "release": 1,
        "timezone": "Europe/London",
        "languages": ("en",),
        "countries": ("GB",),
        "opens_at": datetime(2026, 6, 1, tzinfo=UTC),
        "closes_at": datetime(2026, 7, 1, tzinfo=UTC),
        "fields": (EMAIL_FIELD,),
        "page_sha256": "0" * 64,
    }
    return Manifest.model_validate(given | overrides)


def make_upload(sha256: str = "a" * 64, nonce: str = "n1") -> Upload:
    """Make the photo of one receipt, announced with its hash."""
    return Upload(
        field="receipt",
        receipt=1,
        part=1,
        key=f"incoming/summer/x/1/1-1-{nonce}",
        size=1000,
        content_type="image/jpeg",
        sha256=sha256,
    )


def make_payload(**overrides: Any) -> TokenPayload:
    """Make what ``start`` promised ten minutes before noon."""
    given: dict[str, Any] = {
        "submission_id": uuid4(),
        "slug": "summer",
        "campaign_id": "c1",
        "release": 1,
        "route": "purchase",
        "locale": "en",
        "issued_at": NOON - timedelta(minutes=10),
        "expires_at": NOON + timedelta(hours=24),
    }
    return TokenPayload.model_validate(given | overrides)


@cache
def client() -> Any:
    """Make one client for all tests; making one costs more than any test does with it."""
    return boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def empty_table() -> Table:
    """Make the table of the template in moto, which must be running."""
    create_table(client(), NAME)
    return Table(client(), NAME)


def empty_stock() -> Stock:
    """Make the table of prizes beside it."""
    create_stock_table(client(), STOCK_NAME)
    return Stock(client(), STOCK_NAME)


class Kept:
    """A quarantine that remembers what was put into it."""

    def __init__(self) -> None:
        self.whys: list[str] = []

    def put(self, body: str, *, why: str, sent_timestamp_ms: str) -> None:
        """Keep one message."""
        assert sent_timestamp_ms
        self.whys.append(why)


class Desk:
    """A writer at work on a campaign."""

    def __init__(self, **manifest: Any) -> None:
        self.table = empty_table()
        self.stock = empty_stock()
        self.quarantine = Kept()
        self.writer = Writer(
            table=self.table,
            giver=Giver(self.stock, now=lambda: NOON, sleep=lambda _seconds: None),
            releases=Releases(self.table),
            quarantine=self.quarantine,
            token_keys=KEYS,
            person_secret="ef" * 32,
            clock=lambda: NOON,
            sleep=lambda _seconds: None,
        )
        self.publish(make_manifest(**manifest))

    def publish(self, manifest: Manifest, *, paused: bool = False) -> None:
        """Publish a release, as Django does."""
        current = Current(
            slug=manifest.slug,
            release=manifest.release,
            opens_at=manifest.opens_at,
            closes_at=manifest.closes_at,
            paused=paused,
        )
        publish(manifest, current, table=self.table)

    def send(
        self,
        payload: TokenPayload,
        *,
        at: datetime = NOON,
        answers: dict[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        """Send a submission at an instant; ``changes`` go into the envelope."""
        return self.writer.accept(
            make_envelope(payload, at=at, answers=answers, **changes), sent_timestamp_ms="1"
        )

    def stored(self, submission_id: UUID) -> SubmissionRecord:
        """Read what is in the table; it must be there."""
        record = self.table.submissions.get(submission_id)
        assert record is not None
        return record


def make_envelope(
    payload: TokenPayload,
    *,
    at: datetime = NOON,
    answers: dict[str, Any] | None = None,
    **changes: Any,
) -> str:
    """Make what the gateway puts on the queue."""
    envelope = {
        "kind": "submission",
        "schema": 1,
        "slug": payload.slug,
        "entered_at_ms": str(int(at.timestamp() * 1000)),
        "body": {
            "submission_id": str(payload.submission_id),
            "token": sign(payload, token_keys=KEYS),
            "answers": {"email": "ann@example.com"} if answers is None else answers,
            "consents": {},
        },
    }
    return json.dumps(envelope | changes)


def limit(scope: str, count: int = 1, window: str = "campaign", **more: Any) -> dict[str, Any]:
    """Write a limit as a manifest has it."""
    hours = more.pop("hours", None)
    return {
        "name": more.pop("name", f"{scope}_{window}"),
        "scope": scope,
        "count": count,
        "window": {"kind": window, "hours": hours},
        **more,
    }


def decide(
    desk: Desk, submission_id: Any, number: int, status: SubmissionStatus, **more: Any
) -> bool:
    """Apply a verdict at the table; a rejection gives back unless told otherwise."""
    more.setdefault("gives_back", status is SubmissionStatus.REJECTED)
    more.setdefault("decided_at", NOON)
    decision = Decision(submission_id=submission_id, decision_no=number, status=status, **more)
    return apply_decision(decision, table=desk.table, giver=desk.writer.giver)
