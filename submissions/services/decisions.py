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
    ReasonCode,
    SubmissionStatus,
    Suspicion,
    sentence,
)
from submissions.models import Mail, OutboxDecision, Submission
from submissions.rules.mails import UNDO, MailState
from submissions.rules.moves import BY_THE_SYSTEM, MOST_ATTEMPTS, MOVES
from submissions.rules.suspects import COUNTS_UNSEEN
from submissions.services.files import let_count
from submissions.services.verdict_log import write_down

TAKEN_BACK = "taken back before it was carried"


class AlreadyDecided(DomainError):
    """Somebody else decided first, or the submission is not where the verdict starts from."""

    code = "already_decided"


class AskedAlready(DomainError):
    """The entrant has had the one retry there is; now it is approved or rejected."""

    code = "asked_already"


class ReasonsNeeded(DomainError):
    """A rejection or a new request says why, with one to three fitting reasons."""

    code = "reasons_needed"


class NoteNeeded(DomainError):
    """Taking something back, or in after all, needs a word on why; the log keeps it."""

    code = "note_needed"


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
    after: int | None = None,
) -> Submission:
    """Reject a submission for one to three reasons.

    Those that leave another try will do as well: who sent an unreadable photo
    twice is rejected for it. That an answer came too late is the clock's
    reason, and nobody else's: it gives the number of the verdict that it looked
    at as ``after``, for somebody may give more time at the same moment.

    Raises:
        ReasonsNeeded: none, too many, one of the writer's own, or ``OTHER`` without a note.
        AlreadyDecided: it was decided before, or since ``after``.
    """
    by_hand = frozenset({ReasonCode.RESUBMISSION_EXPIRED}) if actor else frozenset()
    _fit(reasons, (FINAL | RETRYABLE) - by_hand, note)
    return _decide(
        submission_id,
        SubmissionStatus.REJECTED,
        reasons=reasons,
        actor=actor,
        at=at,
        note=note,
        after=after,
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
        AskedAlready: the entrant has answered such a question before.
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

    Within :data:`UNDO` the entrant never hears of the earlier one: its mail is
    still held back, and so is a rejection, which would free the slot.

    Raises:
        NoteNeeded: no word on why.
        AlreadyDecided: there is no verdict to take back.
    """
    _say_why(note)
    return _decide(submission_id, SubmissionStatus.PENDING_REVIEW, actor=actor, at=at, note=note)


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
    return _decide(
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
    return _decide(
        submission_id,
        SubmissionStatus.PENDING_REVIEW,
        actor=None,
        at=at,
        suspicions=suspicions,
    )


def revoke_submission(submission_id: UUID, *, actor: User, at: datetime, note: str) -> Submission:
    """Take an approval back for good.

    Raises:
        NoteNeeded: no word on why.
        AlreadyDecided: it is not approved.
    """
    _say_why(note)
    return _decide(submission_id, SubmissionStatus.REVOKED, actor=actor, at=at, note=note)


def restore_submission(submission_id: UUID, *, actor: User, at: datetime, note: str) -> Submission:
    """Take in after all what the campaign's own rules refused, for a reason that staff know.

    Raises:
        NoteNeeded: no word on why.
        AlreadyDecided: it was not refused.
    """
    _say_why(note)
    return _decide(submission_id, SubmissionStatus.RECEIVED, actor=actor, at=at, note=note)


def _say_why(note: str) -> None:
    if not note.strip():
        raise NoteNeeded("Say why, in a few words; the log keeps them.")


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
    suspicions: Sequence[Suspicion] = (),
    note: str = "",
    after: int | None = None,
) -> Submission:
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("campaign__client")
        .get(pk=submission_id)
    )
    before = SubmissionStatus(submission.status)
    possible = MOVES[before] if actor else MOVES[before] | BY_THE_SYSTEM.get(before, frozenset())
    if status not in possible or after not in (None, submission.decision_no):
        raise AlreadyDecided(
            f"{submission.reference} is “{submission.get_status_display().lower()}” meanwhile. "
            "Take that back first if it was a slip."
        )
    asks = status is SubmissionStatus.NEEDS_RESUBMISSION
    if asks and submission.attempt >= MOST_ATTEMPTS:
        raise AskedAlready(
            f"{submission.reference} was asked again once already. Approve it or reject it."
        )
    worded = _worded(reasons, submission, at)
    written = [reason.model_dump(mode="json", exclude_none=True) for reason in worded]
    number = submission.decision_no + 1
    until = at + timedelta(hours=submission.campaign.resubmit_within_hours) if asks else None
    _take_back_what_waits(submission, at)
    submission.decision_no = number
    submission.decision_status = status
    submission.decision_reasons = written
    submission.decided_attempt = submission.attempt
    submission.decided_at = at
    submission.status = status
    submission.resubmit_until = until
    if before is SubmissionStatus.INVALID:
        let_count(submission)
    submission.save(
        update_fields=[
            "decision_no",
            "decision_status",
            "decision_reasons",
            "decided_attempt",
            "decided_at",
            "status",
            "resubmit_until",
        ]
    )
    write_down(
        submission,
        number=number,
        attempt=submission.attempt,
        verdict=status,
        reasons=written,
        note=note,
        actor=actor,
        decided_at=at,
        at=at,
        suspicions=suspicions,
    )
    decision = Decision(
        submission_id=submission.pk,
        decision_no=number,
        attempt=submission.attempt,
        status=status,
        reasons=worded,
        decided_at=at,
        resubmit_until=until,
        # Which of them is the campaign's choice, and stands beside each in the table.
        gives_back=status is SubmissionStatus.REJECTED,
    )
    OutboxDecision.objects.create(
        submission=submission,
        campaign_id=submission.campaign_id,
        decision_no=number,
        decision=decision.model_dump(mode="json"),
        created_at=at,
        not_before=at + UNDO if decision.gives_back and actor else at,
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


def _take_back_what_waits(submission: Submission, at: datetime) -> None:
    """Withdraw what an earlier verdict has not yet set off: its mails, and a rejection held back."""
    Mail.objects.filter(
        submission=submission, decision_no__isnull=False, state=MailState.QUEUED
    ).update(state=MailState.WITHDRAWN, trouble="another verdict came")
    # One that a carrier holds goes its way; the table keeps the order by number.
    OutboxDecision.objects.filter(
        submission=submission, carried_at=None, leased_until=None, tries=0, not_before__gt=at
    ).update(carried_at=at, trouble=TAKEN_BACK)


def _worded(reasons: Sequence[Reason], submission: Submission, at: datetime) -> tuple[Reason, ...]:
    """Give each reason the sentence that the entrant will read."""
    campaign = submission.campaign
    return tuple(
        reason.model_copy(
            update={
                "message": sentence(
                    reason,
                    locale=submission.locale,
                    texts=campaign.reason_texts,
                    timezone=campaign.timezone,
                    at=at,
                )
            }
        )
        for reason in reasons
    )
