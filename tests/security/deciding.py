"""What tests of decisions do: bring a submission to a status, and send the desk's forms."""

from datetime import timedelta
from typing import Any

from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import User
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Reason, ReasonCode
from ingest_lambda.contract import SubmissionStatus as Status
from submissions.mirror.models import Submission
from submissions.review.models import Review
from submissions.review.services import decisions
from tests.submissions.review.at_the_desk import desk_of, make_submission

UNREADABLE = [Reason(code=ReasonCode.ILLEGIBLE)]
TOO_OLD = [Reason(code=ReasonCode.RECEIPT_TOO_OLD)]
HOUR = timedelta(hours=1)
VERDICTS = ("approve", "reject", "ask_again")


def brought_to(status: Status, campaign: Campaign, colleague: User) -> Submission:
    """Make an entry and bring it to a status, an hour ago."""
    by_the_writer = {Status.RECEIVED, Status.INVALID, Status.WITHDRAWN}
    made = make_submission(campaign, status=status if status in by_the_writer else "pending_review")
    signed: dict[str, Any] = {"actor": colleague, "at": timezone.now() - HOUR}
    if status in (Status.APPROVED, Status.REVOKED):
        decisions.approve_submission(made.pk, **signed)
    if status is Status.REVOKED:
        decisions.revoke_submission(made.pk, **signed, note="Copied.", message="It was copied.")
    if status is Status.REJECTED:
        decisions.reject_submission(made.pk, **signed, reasons=TOO_OLD)
    if status is Status.NEEDS_RESUBMISSION:
        decisions.request_resubmission(made.pk, **signed, reasons=UNREADABLE)
    made.refresh_from_db()
    assert made.status == status
    return made


def ask(browser: Browser, submission: Submission, act: str, **more: Any) -> Any:
    """Send what the desk's form for an act sends."""
    form = {
        "decision_no": submission.decision_no,
        "note": "Looked again.",
        "message": "We looked again.",
        **more,
    }
    reason = "RECEIPT_TOO_OLD" if act == "reject" else "ILLEGIBLE"
    if act in VERDICTS:
        address, form = desk_of(submission), {"verdict": act, "reason": reason, **form}
        return browser.post(address, form, headers={"accept": "application/json"})
    address = reverse("admin:submissions_review_undo", args=[submission.pk])
    return browser.post(address, {"act": act, **form})


def left_alone(submission: Submission) -> bool:
    """Tell whether an entry is as it was, with no decision and no line of the log more."""
    now = Submission.objects.get(pk=submission.pk)
    same = ("status", "decision_no", "decided_at", "resubmit_until", "decision_status")
    return (
        all(getattr(now, name) == getattr(submission, name) for name in same)
        and Review.objects.filter(submission=submission).count() == submission.decision_no
    )
