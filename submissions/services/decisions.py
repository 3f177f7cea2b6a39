"""Verdicts on submissions: numbered under the row's lock, carried by the outbox."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from campaignhub.errors import DomainError
from campaigns.models import User
from campaigns.services import audit
from ingest_lambda.contract import (
    FINAL,
    RETRYABLE,
    Decision,
    Reason,
    SubmissionStatus,
    sentence,
)
from submissions.models import OutboxDecision, Review, Submission, SubmissionEvent
from submissions.rules.moves import MOVES


class AlreadyDecided(DomainError):
    """Somebody else decided first, or the submission is not where the verdict starts from."""

    code = "already_decided"


class ReasonsNeeded(DomainError):
    """A rejection or a new request says why, with one to three fitting reasons."""

    code = "reasons_needed"


def approve_submission(
    submission_id: UUID, *, actor: User | None, at: datetime, note: str = ""
) -> Submission:
    """Approve a submission on behalf of ``actor``.

    The entrant is told by mail, and a mail cannot be called back: two
    moderators may press the key at the same moment, so the row is locked and
    the second is refused.

    Raises:
        AlreadyDecided: it was decided before.
    """
    return _decide(submission_id, SubmissionStatus.APPROVED, actor=actor, at=at, note=note)


def reject_submission(
    submission_id: UUID,
    *,
    reasons: Sequence[Reason],
    actor: User | None,
    at: datetime,
    note: str = "",
) -> Submission:
    """Reject a submission for one to three final reasons.

    Raises:
        ReasonsNeeded: none, too many, one that leaves another try, or ``OTHER`` without a note.
        AlreadyDecided: it was decided before.
    """
    _fit(reasons, FINAL | RETRYABLE, note)
    return _decide(
        submission_id, SubmissionStatus.REJECTED, reasons=reasons, actor=actor, at=at, note=note
    )


def ask_again(
    submission_id: UUID,
    *,
    reasons: Sequence[Reason],
    actor: User | None,
    at: datetime,
    note: str = "",
) -> Submission:
    """Ask the entrant for a better photo, for one to three reasons that leave another try.

    Raises:
        ReasonsNeeded, AlreadyDecided: as :func:`reject_submission`.
    """
    _fit(reasons, RETRYABLE, note)
    return _decide(
        submission_id,
        SubmissionStatus.NEEDS_RESUBMISSION,
        reasons=reasons,
        actor=actor,
        at=at,
        note=note,
    )


def reopen_submission(submission_id: UUID, *, actor: User, at: datetime, note: str) -> Submission:
    """Take a verdict back: the submission waits for review again, the earlier verdict stays on record.

    Raises:
        AlreadyDecided: there is no verdict to take back.
    """
    return _decide(submission_id, SubmissionStatus.PENDING_REVIEW, actor=actor, at=at, note=note)


def _fit(reasons: Sequence[Reason], allowed: frozenset[object], note: str) -> None:
    if not 1 <= len(reasons) <= 3:
        raise ReasonsNeeded("Choose one to three reasons; the entrant reads them.")
    if any(reason.code not in allowed for reason in reasons):
        raise ReasonsNeeded("One of these reasons doesn't fit this verdict.")
    if any(reason.code == "OTHER" for reason in reasons) and not note.strip():
        raise ReasonsNeeded("“Other” needs a note that says what it was.")


@transaction.atomic
def _decide(
    submission_id: UUID,
    status: SubmissionStatus,
    *,
    actor: User | None,
    at: datetime,
    reasons: Sequence[Reason] = (),
    note: str = "",
) -> Submission:
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("campaign__client")
        .get(pk=submission_id)
    )
    before = SubmissionStatus(submission.status)
    if status not in MOVES[before]:
        raise AlreadyDecided(
            f"{submission.reference} is {before.value.replace('_', ' ')} already. "
            "Take that back first if it was a slip."
        )
    worded = _worded(reasons, submission)
    number = submission.decision_no + 1
    until = None
    if status is SubmissionStatus.NEEDS_RESUBMISSION:
        until = at + timedelta(hours=submission.campaign.resubmit_within_hours)
    submission.decision_no = number
    submission.decision_status = status
    submission.decided_attempt = submission.attempt
    submission.status = status
    submission.resubmit_until = until
    submission.save(
        update_fields=[
            "decision_no",
            "decision_status",
            "decided_attempt",
            "status",
            "resubmit_until",
        ]
    )
    Review.objects.create(
        submission=submission,
        decision_no=number,
        attempt=submission.attempt,
        verdict=status,
        reasons=[reason.model_dump(mode="json", exclude_none=True) for reason in worded],
        note=note,
        actor=actor,
        at=at,
    )
    SubmissionEvent.objects.create(
        submission_id=submission.pk,
        kind="decided",
        dedupe=f"decided:{number}",
        at=at,
        actor=actor,
        detail={"verdict": status, "reasons": [reason.code for reason in worded]},
    )
    decision = Decision(
        submission_id=submission.pk,
        decision_no=number,
        attempt=submission.attempt,
        status=status,
        reasons=worded,
        decided_at=at,
        resubmit_until=until,
        gives_back=status is SubmissionStatus.REJECTED,
    )
    OutboxDecision.objects.create(
        submission=submission,
        decision_no=number,
        decision=decision.model_dump(mode="json"),
        created_at=at,
        not_before=at,
    )
    audit.record(
        f"submission.{status.value}",
        actor=actor,
        client=submission.campaign.client,
        target=f"submission:{submission.reference}",
        at=at,
        before={"status": before},
        after={"status": status, "decision_no": number},
    )
    return submission


def _worded(reasons: Sequence[Reason], submission: Submission) -> tuple[Reason, ...]:
    """Give each reason the sentence that the entrant will read, found and expected in it."""
    worded = []
    for reason in reasons:
        words = sentence(
            reason, locale=submission.locale, texts={}, timezone=submission.campaign.timezone
        )
        worded.append(reason.model_copy(update={"message": words}))
    return tuple(worded)
