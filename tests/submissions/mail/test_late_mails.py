"""A mail that goes out late says what holds then, or does not go."""

from datetime import timedelta

import pytest

from ingest_lambda.contract import SubmissionStatus as Status
from submissions.mail.rules.mails import MailKind, is_still_true, message_of
from submissions.mail.rules.words import Message


@pytest.mark.parametrize("first", [Status.PENDING_REVIEW, Status.APPROVED])
@pytest.mark.parametrize("now", [Status.NEEDS_RESUBMISSION, Status.REJECTED, Status.REVOKED])
def test_a_late_confirmation_promises_no_review_and_counts_nothing(first: Status, now: Status):
    said = message_of(MailKind.RECEIVED, ingest_status=first, status=now, attempt=1)
    assert said is Message.RECEIVED


@pytest.mark.parametrize("kind", [MailKind.ASKED_AGAIN, MailKind.REMINDER])
@pytest.mark.parametrize(("seconds", "goes"), [(1, True), (0, False), (-1, False)])
def test_nobody_is_asked_for_a_photo_that_is_not_taken_any_more(
    kind: MailKind, seconds: int, *, goes: bool
):
    asked = is_still_true(
        kind,
        decision_no=1,
        last_decision_no=1,
        status=Status.NEEDS_RESUBMISSION,
        time_left=timedelta(seconds=seconds),
    )
    assert asked is goes
