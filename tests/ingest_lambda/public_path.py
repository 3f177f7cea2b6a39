"""A table and a bucket of moto's with one published campaign, for tests of the read side."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import boto3

from ingest_lambda.adapters.bucket import Bucket, open_bucket, open_forms
from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.stock import Stock
from ingest_lambda.adapters.table import Table, open_table
from ingest_lambda.adapters.tokens import sign
from ingest_lambda.config import Config
from ingest_lambda.contract import (
    Channel,
    Current,
    FieldKind,
    FieldSpec,
    Manifest,
    Mode,
    Route,
    SubmissionRecord,
    SubmissionStatus,
    TokenPayload,
)
from ingest_lambda.functions.start import Starter
from ingest_lambda.functions.status import StatusReader
from tests.ingest_lambda.declared import create_stock_table, create_table
from tests.support.simulated_aws import empty_account

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
TOKEN_KEYS = "t1:" + "11" * 32
ID = UUID("01971111-1111-7111-8111-111111111111")

MANIFEST = Manifest(
    campaign_id="c1",
    client_id="k1",
    slug="summer",
    release=2,
    timezone="Europe/London",
    languages=("en", "de"),
    countries=("GB",),
    opens_at=NOON - timedelta(days=2),
    closes_at=NOON + timedelta(days=30),
    routes=(Route.PURCHASE, Route.FREE),
    fields=(
        FieldSpec(name="email", kind=FieldKind.EMAIL),
        FieldSpec(
            name="receipt",
            kind=FieldKind.RECEIPT_IMAGE,
            routes=(Route.PURCHASE,),
            max_receipts=2,
            images_per_receipt=3,
        ),
    ),
    page_sha256="0" * 64,
)
CURRENT = Current(
    slug="summer", release=2, opens_at=MANIFEST.opens_at, closes_at=MANIFEST.closes_at
)


@dataclass(frozen=True)
class World:
    """The adapters of the public path, and moto's own clients to look behind them."""

    table: Table
    stock: Stock
    bucket: Bucket
    s3: Any
    name: str

    @property
    def releases(self) -> Releases:
        return Releases(self.table)

    @property
    def starter(self) -> Starter:
        return Starter(self.table, self.releases, open_forms(Config()), TOKEN_KEYS, "22" * 32)

    @property
    def reader(self) -> StatusReader:
        return StatusReader(self.table, self.stock, self.releases, TOKEN_KEYS)

    def keys(self) -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=self.name).get("Contents", [])
        return sorted(entry["Key"] for entry in listed)


@cache
def _adapters() -> tuple[World, Any]:
    """Make the adapters once: making them costs more than any test does with them."""
    settings = Config()
    table = open_table(settings)
    world = World(
        table,
        Stock(table.store.client, settings.stock_table_name),
        open_bucket(settings),
        boto3.client("s3"),
        settings.bucket_name,
    )
    return world, boto3.client("dynamodb")


@contextmanager
def open_world() -> Iterator[World]:
    """Start an account with the table and bucket of the default settings and publish a campaign."""
    with empty_account():
        world, dynamodb = _adapters()
        create_table(dynamodb, Config().table_name)
        create_stock_table(dynamodb, Config().stock_table_name)
        world.s3.create_bucket(Bucket=world.name)
        world.table.published.publish(MANIFEST, CURRENT)
        yield world


def payload(**changes: Any) -> TokenPayload:
    """Return what the token of a first start at noon says."""
    told: dict[str, Any] = {
        "submission_id": ID,
        "slug": "summer",
        "campaign_id": "c1",
        "release": 2,
        "route": Route.PURCHASE,
        "locale": "en",
        "issued_at": NOON,
        "expires_at": NOON + timedelta(hours=24),
    }
    return TokenPayload.model_validate(told | changes)


def token(**changes: Any) -> str:
    """Return a signed token that says this."""
    return sign(payload(**changes), token_keys=TOKEN_KEYS)


def record(**changes: Any) -> SubmissionRecord:
    """Return a submission that was entered at noon and waits for review."""
    told: dict[str, Any] = {
        "id": ID,
        "slug": "summer",
        "campaign_id": "c1",
        "release": 2,
        "route": Route.PURCHASE,
        "channel": Channel.WEB,
        "mode": Mode.LIVE,
        "locale": "en",
        "status": SubmissionStatus.PENDING_REVIEW,
        "answers": {"email": "ada@example.com"},
        "body_hash": "b" * 64,
        "started_at": NOON,
        "entered_at": NOON,
        "written_at": NOON,
    }
    return SubmissionRecord.model_validate(told | changes)
