"""The process of ``bench.undecided``: fill a database twice, measure at both, print milliseconds as JSON.

``python -m bench.undecided_site FEW MANY``, the database named by ``DATABASE_URL``.
"""

# ruff: noqa: E402 - Django has to be set up before its models can be imported

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.models import User
from campaigns.accounts.tenancy import unscoped
from campaigns.setup.models import Campaign
from ingest_lambda.contract import reference_of
from submissions.intake.services import missing_photos, refusals, unanswered
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.admin.home import troubled_count
from submissions.mail.models import Mail
from submissions.mirror.models import (
    ReceiptImage,
    Submission,
    SubmissionAnswers,
    SubmissionEvent,
)
from submissions.receipts.models import SubmittedFile
from submissions.review.admin.home import count_waiting
from submissions.review.services import fraud_checks
from submissions.review.services.stranded import stranded
from tests.submissions.factories import (
    make_campaign,
    make_image,
    make_record,
    make_upload,
    streamed,
)

BATCH = 2_500
TIMES = 7
MIRRORED = 100
"""Entries of a batch of the mirror, each with its photo."""


def fill(campaign: Campaign, end: int, at: datetime) -> None:
    """Write undecided entries with a photo each, over the last 20 hours, and a failed mail of every tenth."""
    for first in range(0, end, BATCH):
        rows, numbers = [], range(first, min(first + BATCH, end))
        for number in numbers:
            entered_at = at - timedelta(seconds=72_000 * (end - number) / end + 60)
            # Spread over the index, as ids of ours are by their last part, and known from copies.
            pk = UUID(int=(number << 64 | uuid4().int >> 64) | 0xFFFF0000)
            rows.append(_row(campaign, pk, entered_at))
        keys = {row.pk: row.uploads[0]["key"] for row in rows}
        with transaction.atomic():
            Submission.objects.bulk_create(rows)
            SubmissionAnswers.objects.bulk_create(
                SubmissionAnswers(submission=row, email=f"{row.pk.hex}@example.com") for row in rows
            )
            ReceiptImage.objects.bulk_create(_image(row, keys[row.pk]) for row in rows)
            SubmittedFile.objects.bulk_create(_file(row, keys[row.pk], campaign) for row in rows)
            SubmissionEvent.objects.bulk_create(
                SubmissionEvent(
                    submission_id=row.pk, kind="received", dedupe="received:1", at=row.entered_at
                )
                for row in rows
            )
            Mail.objects.bulk_create(
                Mail(
                    submission=row,
                    campaign=campaign,
                    kind="received",
                    event="received",
                    state="failed" if number % 10 == 0 else "sent",
                    queued_at=row.entered_at,
                    not_before=row.entered_at,
                )
                for number, row in zip(numbers, rows, strict=True)
            )


COPIED: dict[type[Model], tuple[str, ...]] = {
    Submission: ("id", "uploads", "person_hash"),
    SubmissionAnswers: ("submission_id", "email"),
    ReceiptImage: ("submission_id", "key", "sha256"),
    SubmittedFile: ("submission_id", "key", "sha256"),
    SubmissionEvent: ("submission_id",),
    Mail: ("submission_id",),
}
"""Tables, and their columns that hold the id of the entry, in hexadecimal."""


def copy(times: int) -> None:
    """Write each entry so many times more, with ids of their own, by SQL alone."""
    with connection.cursor() as cursor, transaction.atomic():
        for number in range(1, times + 1):
            for model, of_entry in COPIED.items():
                cursor.execute(_copying(model, of_entry, number))


def _copying(model: type[Model], of_entry: Sequence[str], number: int) -> str:
    is_sqlite = connection.vendor == "sqlite"
    table = model._meta.db_table
    key = "id" if model is Submission else "submission_id"
    old = key if is_sqlite else f"replace({key}::text, '-', '')"
    new = f"substr({old}, 1, 24) || '{number:08x}'"
    names, values = [], []
    for column in model._meta.concrete_fields:
        if column.get_internal_type() == "BigAutoField":
            continue
        name = column.column
        names.append(f'"{name}"')
        if name == key:
            values.append(new if is_sqlite else f"({new})::uuid")
        elif name in of_entry and (is_sqlite or name != "uploads"):
            values.append(f"replace({name}, {old}, {new})")
        elif name in of_entry:
            values.append(f"replace({name}::text, {old}, {new})::jsonb")
        else:
            values.append(f'"{name}"')
    of_first = (
        f"{old} LIKE '%ffff____'"  # copies end in a number, what the mirror brought in any digits
    )
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} WHERE {of_first}"


def _row(campaign: Campaign, pk: UUID, at: datetime) -> Submission:
    upload = {"field": "receipt", "receipt": 1, "part": 1, "key": f"incoming/b/{pk.hex}/1/1-1-n"}
    return Submission(
        id=pk,
        campaign=campaign,
        reference=reference_of(pk),
        release=1,
        status="pending_review",
        ingest_status="pending_review",
        attempt=1,
        route="purchase",
        channel="web",
        locale="en",
        version=1,
        uploads=[{**upload, "size": 98_000, "content_type": "image/jpeg"}],
        person_hash=f"{pk.hex:0>64}",
        started_at=at - timedelta(minutes=2),
        entered_at=at,
        mirrored_at=at,
        decide_by=at + timedelta(days=3),
    )


def _image(row: Submission, key: str) -> ReceiptImage:
    return ReceiptImage(
        key=key,
        submission_id=row.pk,
        attempt=1,
        receipt=1,
        part=1,
        content_type="image/jpeg",
        size_bytes=98_000,
        sha256=f"{row.pk.int:064x}",
        checked_at=row.entered_at,
    )


def _file(row: Submission, key: str, campaign: Campaign) -> SubmittedFile:
    return SubmittedFile(
        key=key,
        submission_id=row.pk,
        attempt=1,
        scope=campaign.pk,
        sha256=f"{row.pk.int:064x}",
        entered_at=row.entered_at,
        counts=True,
    )


def timed(act: Callable[[], Any]) -> float:
    """Return the median milliseconds of an act, after one that nobody counts."""
    found = []
    for number in range(-1, TIMES):
        start = time.perf_counter()
        act()
        if number >= 0:
            found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)


def mirror(campaign: Campaign, at: datetime) -> Callable[[], Any]:
    """Return an act that brings a batch of new entries, then one of their photos."""

    def act() -> None:
        entries, photos = [], []
        for _ in range(MIRRORED):
            record = make_record(campaign, entered_at=at, started_at=at, written_at=at)
            upload = make_upload(record.id).model_copy(update={"sha256": f"{record.id.int:064x}"})
            entries.append(streamed(record.model_copy(update={"uploads": (upload,)})))
            image = make_image(record.id, upload)
            photos.append(streamed(image.model_copy(update={"sha256": upload.sha256})))
        for batch in (entries, photos):
            result = mirror_stream_records(batch, at=at)
            assert result.taken == MIRRORED, result.refused

    return act


def measure(campaign: Campaign, user: User) -> dict[str, float]:
    """Measure everything once."""
    at = datetime.now(UTC)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    request = HttpRequest()
    request.user = user
    browser = Browser(SERVER_NAME="127.0.0.1")
    browser.force_login(user)
    rounds: dict[str, Callable[..., Any]] = {
        "photos asked for": missing_photos.ask_for_photos,
        "photos of what counts unseen": missing_photos.ask_where_it_counts_unseen,
        "suspects": fraud_checks.recheck,
        "questions without an answer": unanswered.reject_unanswered,
        "refusals": refusals.look_into_refusals,
    }
    found = {f"round {name}": timed(partial(run, at=at)) for name, run in rounds.items()}
    found["round in all"] = sum(found.values())
    found["badge of reviews"] = timed(lambda: count_waiting(request))
    found["badge of mails"] = timed(lambda: troubled_count(request))
    found["entries that nothing moves"] = timed(lambda: list(stranded([campaign.pk], at=at)[:20]))
    found["page of operations"] = timed(lambda: browser.get(reverse("admin:operations")))
    found["batch of the mirror"] = timed(mirror(campaign, at))
    return found


@unscoped("a benchmark's own database")
def main(few: int, many: int) -> None:
    """Fill and measure."""
    call_command("migrate", verbosity=0)
    user = User.objects.create_superuser("operator")
    campaign, at = make_campaign(), datetime.now(UTC)
    fill(campaign, few, at)
    first = measure(campaign, user)
    copy(many // few)
    second = measure(campaign, user)
    print(json.dumps({name: (first[name], second[name]) for name in first}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
