"""A submission and its second attempt, and items that end before their time."""

from datetime import timedelta
from typing import Any

from ingest_lambda.contract import SubmissionStatus as Status
from ingest_lambda.contract import TokenPayload
from tests.ingest_lambda.writing import (
    EMAIL_FIELD,
    NOON,
    RECEIPT_FIELD,
    Desk,
    decide,
    make_payload,
    make_upload,
)

FORM = (EMAIL_FIELD, RECEIPT_FIELD)
DAILY = {"name": "daily", "scope": "person", "count": 1, "window": {"kind": "day"}}
WEEK = timedelta(days=7)


def asked(desk: Desk, **payload: Any) -> tuple[TokenPayload, TokenPayload]:
    """Send a first attempt, ask for a new photo, and return the payloads of both."""
    first = make_payload(uploads=(make_upload(),), **payload)
    desk.send(first)
    decide(
        desk,
        first.submission_id,
        1,
        Status.NEEDS_RESUBMISSION,
        resubmit_until=NOON + WEEK,
        reasons=({"code": "ILLEGIBLE"},),
    )
    second = make_payload(
        submission_id=first.submission_id,
        attempt=2,
        purpose="resubmit",
        uploads=(make_upload(sha256="b" * 64, nonce="n2"),),
        expires_at=NOON + WEEK,
    )
    return first, second


def expire(desk: Desk, payload: TokenPayload) -> None:
    """Let the time for the second attempt end."""
    reasons = ({"code": "RESUBMISSION_EXPIRED"},)
    decide(desk, payload.submission_id, 2, Status.REJECTED, reasons=reasons)
