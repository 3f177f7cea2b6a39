"""What publishing takes is what the writer can store: the largest form that it takes, and one limit more."""

from datetime import timedelta
from typing import Any

import pytest

from ingest_lambda.contract import MOST_PARTS, Current, Manifest, Upload
from ingest_lambda.contract import SubmissionStatus as Status
from ingest_lambda.functions.publish import TooManyLimits, publish
from ingest_lambda.rules.scopes import most_parts
from tests.ingest_lambda.writing import (
    EMAIL_FIELD,
    NOON,
    Desk,
    decide,
    empty_table,
    limit,
    make_manifest,
    make_payload,
)

pytestmark = pytest.mark.usefixtures("account")

PHOTOS = {"name": "receipt", "kind": "receipt_image", "max_receipts": 8, "images_per_receipt": 2}
LARGEST: dict[str, Any] = {
    "fields": (EMAIL_FIELD, PHOTOS),
    "limits": (
        limit("receipt"),
        limit("receipt", 1, "day"),
        limit("receipt", 2, "week"),
        limit("person", 9),
        limit("person", 5, "day"),
    ),
}


def sixteen(file: int) -> tuple[Upload, ...]:
    """Announce as many photos as the form takes, each a file of its own."""
    return tuple(
        Upload(
            field="receipt",
            receipt=number // 2 + 1,
            part=number % 2 + 1,
            key=f"incoming/summer/x/{file}/{number}",
            size=1000,
            content_type="image/jpeg",
            sha256=f"{file * 100 + number:064x}",
        )
        for number in range(16)
    )


def test_the_largest_form_is_stored_moved_resubmitted_rejected_and_taken_back():
    desk = Desk(**LARGEST)
    assert most_parts(make_manifest(**LARGEST)) == MOST_PARTS
    first = make_payload(uploads=sixteen(1), issued_at=NOON - timedelta(days=9))
    about = first.submission_id
    assert desk.send(first) == "pending_review"
    # Its earlier copy gives back one day and one week, and takes others.
    assert desk.send(first, at=NOON - timedelta(days=7)) == "seen"
    assert desk.stored(about).entered_at == NOON - timedelta(days=7)
    reasons = ({"code": "ILLEGIBLE"},)
    until = NOON + timedelta(days=7)
    decide(desk, about, 1, Status.NEEDS_RESUBMISSION, resubmit_until=until, reasons=reasons)
    second = make_payload(
        submission_id=about,
        attempt=2,
        purpose="resubmit",
        uploads=sixteen(2),
        expires_at=until,
    )
    assert desk.send(second) == "resubmitted"
    held = desk.stored(about)
    assert len(held.limits_taken) + len(held.guards_taken) == 2 * 3 * 16 + 2
    decide(desk, about, 2, Status.REJECTED, attempt=2, reasons=({"code": "OTHER"},))
    given = desk.stored(about)
    assert (given.limits_taken, given.guards_taken) == ((), ())
    decide(desk, about, 3, Status.PENDING_REVIEW, attempt=2)
    assert set(desk.stored(about).limits_taken) == set(held.limits_taken)


def current_of(manifest: Manifest) -> Current:
    return Current(
        slug="summer", release=1, opens_at=manifest.opens_at, closes_at=manifest.closes_at
    )


def test_one_limit_more_is_not_published_and_the_error_says_why():
    table = empty_table()
    more = make_manifest(**LARGEST | {"limits": (*LARGEST["limits"], limit("phone", 9))})
    with pytest.raises(TooManyLimits, match="101 parts under its 6 limits, at most 100"):
        publish(more, current_of(more), table=table)
    assert table.published.current("summer") is None


def test_what_is_counted_outside_of_the_transaction_takes_no_part_of_it():
    more = make_manifest(**LARGEST | {"limits": (*LARGEST["limits"], limit("device", 9))})
    publish(more, current_of(more), table=empty_table())
