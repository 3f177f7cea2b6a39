"""A submission and its second attempt, and items that end before their time."""

from datetime import timedelta
from typing import Any

from ingest_lambda.contract import Claims
from ingest_lambda.contract import SubmissionStatus as Status
from tests.ingest_lambda.writing import (
    EMAIL_FIELD,
    NOON,
    RECEIPT_FIELD,
    Desk,
    decide,
    make_claims,
    make_upload,
)

FORM = (EMAIL_FIELD, RECEIPT_FIELD)
DAILY = {"name": "daily", "scope": "person", "count": 1, "window": {"kind": "day"}}
WEEK = timedelta(days=7)


def asked(desk: Desk, **claims: Any) -> tuple[Claims, Claims]:
    """Send a first attempt, ask for a new photo, and return both attempts' claims."""
    first = make_claims(uploads=(make_upload(),), **claims)
    desk.send(first)
    decide(
        desk,
        first.submission_id,
        1,
        Status.NEEDS_RESUBMISSION,
        resubmit_until=NOON + WEEK,
        reasons=({"code": "ILLEGIBLE"},),
    )
    second = make_claims(
        submission_id=first.submission_id,
        attempt=2,
        purpose="resubmit",
        uploads=(make_upload(sha256="b" * 64, nonce="n2"),),
        expires_at=NOON + WEEK,
    )
    return first, second


def expire(desk: Desk, claims: Claims) -> None:
    """Let the time for the second attempt end."""
    reasons = ({"code": "RESUBMISSION_EXPIRED"},)
    decide(desk, claims.submission_id, 2, Status.REJECTED, reasons=reasons)
