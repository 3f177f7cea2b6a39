"""Verdicts: approve, reject, ask again; and to review what counted unseen."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from campaigns.accounts.models import User
from ingest_lambda.contract import FINAL, RETRYABLE, Reason, ReasonCode, SubmissionStatus, Suspicion
from submissions.mirror.models import Submission
from submissions.mirror.rules.photo_checks import COUNTS_UNSEEN
from submissions.review.services.decisions.deciding import decide
from submissions.review.services.decisions.errors import AlreadyDecided, ReasonsNeeded


def approve_submission(
    submission_id: UUID,
    *,
    actor: User | None,
    at: datetime,
    note: str = "",
    after: int | None = None,
) -> Submission:
    """Approve a submission on behalf of ``actor``.

    The entrant is told by mail, and a mail cannot be called back: two
    moderators may press the key at the same moment, so the row is locked and
    the second is refused. ``after`` is the number of the decision that the
    actor looked at: what was decided since then they have not seen.

    Raises:
        AlreadyDecided: it was decided before, or since ``after``.
    """
    return decide(
        submission_id, SubmissionStatus.APPROVED, actor=actor, at=at, note=note, after=after
    )


def reject_submission(
    submission_id: UUID,
    *,
    reasons: Sequence[Reason],
    actor: User | None,
    at: datetime,
    note: str = "",
    after: int | None = None,
) -> Submission:
    """Reject a submission for one to three reasons.

    Those that leave another try will do as well: who sent an unreadable photo
    twice is rejected for it. That an answer came too late is the clock's
    reason, and no moderator's; for ``after`` see :func:`approve_submission`.

    Raises:
        ReasonsNeeded: none, too many, one of the writer's own, or ``OTHER`` without a note.
        AlreadyDecided: it was decided before, or since ``after``.
    """
    by_hand = frozenset({ReasonCode.RESUBMISSION_EXPIRED}) if actor else frozenset()
    _fit(reasons, (FINAL | RETRYABLE) - by_hand, note)
    return decide(
        submission_id,
        SubmissionStatus.REJECTED,
        reasons=reasons,
        actor=actor,
        at=at,
        note=note,
        after=after,
    )


def request_resubmission(
    submission_id: UUID,
    *,
    reasons: Sequence[Reason],
    actor: User | None,
    at: datetime,
    note: str = "",
    after: int | None = None,
) -> Submission:
    """Ask the entrant for a better photo, for one to three reasons that leave another try.

    Raises:
        AskedAlready: the entrant has answered such a question before.
        ReasonsNeeded, AlreadyDecided: as :func:`reject_submission`.
    """
    _fit(reasons, RETRYABLE, note)
    return decide(
        submission_id,
        SubmissionStatus.NEEDS_RESUBMISSION,
        reasons=reasons,
        actor=actor,
        at=at,
        note=note,
        after=after,
    )


@transaction.atomic
def send_to_review(
    submission_id: UUID, *, suspicions: Sequence[Suspicion], at: datetime
) -> Submission:
    """Let a person look at what counted unseen, for what became known of its photos later.

    Raises:
        AlreadyDecided: a verdict was given; what is known now is shown beside it.
    """
    submission = Submission.objects.select_for_update(of=("self",)).get(pk=submission_id)
    if submission.decision_no or submission.status not in COUNTS_UNSEEN:
        raise AlreadyDecided(f"{submission.reference} has been looked at already.")
    return decide(
        submission_id,
        SubmissionStatus.PENDING_REVIEW,
        actor=None,
        at=at,
        suspicions=suspicions,
    )


@transaction.atomic
def look_into_refusal(
    submission_id: UUID, *, suspicions: Sequence[Suspicion], at: datetime
) -> Submission:
    """Let a person look at what was refused for a photo that no other entry turned out to show.

    Raises:
        AlreadyDecided: it was let in meanwhile.
    """
    submission = Submission.objects.select_for_update(of=("self",)).get(pk=submission_id)
    if submission.decision_no or submission.status != SubmissionStatus.INVALID:
        raise AlreadyDecided(f"{submission.reference} has been looked at already.")
    return decide(
        submission_id,
        SubmissionStatus.PENDING_REVIEW,
        actor=None,
        at=at,
        suspicions=suspicions,
    )


def _fit(reasons: Sequence[Reason], allowed: frozenset[object], note: str) -> None:
    if not 1 <= len(reasons) <= 3:
        raise ReasonsNeeded("Choose one to three reasons; the entrant reads them.")
    if any(reason.code not in allowed for reason in reasons):
        raise ReasonsNeeded("One of these reasons doesn't fit this verdict.")
    if any(reason.code == "OTHER" for reason in reasons) and not note.strip():
        raise ReasonsNeeded("“Other” needs a note that says what it was.")
