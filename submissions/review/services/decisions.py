"""Decisions on submissions: numbered under the row's lock, carried by the outbox.

Verdicts first, then what goes back on them. Which are possible from where, and in
whose right, is one table: :mod:`submissions.review.rules.moves`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Required, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.rules.lines import is_blank
from ingest_lambda.contract import FINAL, RETRYABLE, Reason, ReasonCode, Suspicion
from ingest_lambda.contract import SubmissionStatus as Status
from submissions.mirror.models import Submission
from submissions.mirror.rules.photo_checks import COUNTS_UNSEEN
from submissions.review.rules.moves import By
from submissions.review.services.deciding import AlreadyDecided as AlreadyDecided
from submissions.review.services.deciding import AskedAlready as AskedAlready
from submissions.review.services.deciding import ReasonsNeeded as ReasonsNeeded
from submissions.review.services.deciding import TooLateToUndo as TooLateToUndo
from submissions.review.services.deciding import decide
from submissions.review.services.deciding import may_undo as may_undo
from submissions.review.services.readable_photos import NoReadablePhoto as NoReadablePhoto

A_SLIP = "A slip at the desk, taken back within a minute."
"""The note of a verdict that was undone without one."""


class NoteNeeded(DomainError):
    """Taking something back, or in after all, needs a word on why; the log keeps it."""


class MessageNeeded(DomainError):
    """What is taken away from an entrant is explained to them, in words of its own."""


class Given(TypedDict, total=False):
    """Who gives a verdict and when: nobody for a rule or the clock.

    ``after`` is the number of the decision that the actor looked at: what was
    decided since then they have not seen.
    """

    actor: Required[User | None]
    at: Required[datetime]
    note: str
    after: int | None


class GivenByStaff(Given):
    """Who goes back on a verdict: a person, with a ``note`` for staff."""

    actor: Required[User]  # type: ignore[misc]


def approve_submission(
    submission_id: UUID, *, despite: Collection[str] = (), **given: Unpack[Given]
) -> Submission:
    """Approve a submission on behalf of its actor.

    The entrant is told by mail, and a mail cannot be called back: two
    moderators may press the key at the same moment, so the row is locked and
    the second is refused. Where nothing that its form asks for can be read, a
    person approves ``despite`` these gaps (:class:`PhotoGap`) and with a note.

    Raises:
        AlreadyDecided: it was decided before, or since ``after``.
        NoReadablePhoto: there is a gap that ``despite`` lacks, or no note on it.
    """
    return decide(submission_id, Status.APPROVED, despite=despite, **given)


def reject_submission(
    submission_id: UUID, *, reasons: Sequence[Reason], **given: Unpack[Given]
) -> Submission:
    """Reject a submission for one to three reasons.

    None of them asks for another photo, which could not be sent: that is
    :func:`request_resubmission`. A photo that can't be read is a reason after
    the last try only. That an answer came too late is the clock's reason, and
    no moderator's.

    Raises:
        ReasonsNeeded: none, too many, one of another verdict, or ``OTHER`` without a message.
        AlreadyDecided: it was decided before, or since ``after``.
    """
    check_reasons(Status.REJECTED, reasons, by_hand=given["actor"] is not None)
    return decide(submission_id, Status.REJECTED, reasons=reasons, **given)


def request_resubmission(
    submission_id: UUID, *, reasons: Sequence[Reason], **given: Unpack[Given]
) -> Submission:
    """Ask the entrant for a better photo, for one to three reasons that leave another try.

    Raises:
        AskedAlready: the entrant has answered such a question before.
        ReasonsNeeded, AlreadyDecided: as :func:`reject_submission`.
    """
    check_reasons(Status.NEEDS_RESUBMISSION, reasons)
    return decide(submission_id, Status.NEEDS_RESUBMISSION, reasons=reasons, **given)


@transaction.atomic
def move_deadline(submission_id: UUID, *, at: datetime, after: int) -> Submission:
    """Ask for a photo anew, with the whole time for it, where the mail that asks never went out.

    The time for a photo is promised in that mail, so it can't pass while the mail is held up.
    The new deadline is a verdict with a number of its own: only so does it reach the table,
    which takes the photo.

    Raises:
        AlreadyDecided: another decision or an answer came since ``after``.
    """
    submission = Submission.objects.select_for_update(of=("self",)).get(pk=submission_id)
    return decide(
        submission_id,
        Status.NEEDS_RESUBMISSION,
        by=By.ANEW,
        actor=None,
        at=at,
        reasons=[Reason.model_validate(reason) for reason in submission.decision_reasons],
        note="The mail that asks for the photo had not gone out, so the deadline was moved.",
        after=after,
    )


def send_to_review(
    submission_id: UUID, *, suspicions: Sequence[Suspicion], at: datetime
) -> Submission:
    """Let a person look at what counted unseen, for what became known of its photos later.

    Raises:
        AlreadyDecided: a verdict was given; what is known now is shown beside it.
    """
    return _send_from(COUNTS_UNSEEN, submission_id, suspicions, at)


def look_into_refusal(
    submission_id: UUID, *, suspicions: Sequence[Suspicion], at: datetime
) -> Submission:
    """Let a person look at what was refused for a photo that no other entry turned out to show.

    Raises:
        AlreadyDecided: it was let in meanwhile.
    """
    return _send_from({Status.INVALID}, submission_id, suspicions, at)


@transaction.atomic
def _send_from(
    starts: Collection[Status], submission_id: UUID, suspicions: Sequence[Suspicion], at: datetime
) -> Submission:
    submission = Submission.objects.select_for_update(of=("self",)).get(pk=submission_id)
    if submission.decision_no or submission.status not in starts:
        raise AlreadyDecided(f"{submission.reference} has been looked at already.")
    return decide(submission_id, Status.PENDING_REVIEW, actor=None, at=at, suspicions=suspicions)


def undo_decision(
    submission_id: UUID, *, actor: User, at: datetime, after: int, note: str = ""
) -> Submission:
    """Take back what ``actor`` decided themselves within the undo minute: a slip, so it needs no reason.

    The entrant never learns of it: its mail is still held back, and so is a
    rejection, which would free the slot.

    Raises:
        TooLateToUndo: the last decision is another's, or the minute is over.
        AlreadyDecided: another decision came since ``after``, or there is none to take back.
    """
    return decide(
        submission_id,
        Status.PENDING_REVIEW,
        by=By.UNDO,
        actor=actor,
        at=at,
        note=note or A_SLIP,
        after=after,
    )


def reopen_submission(
    submission_id: UUID, *, message: str = "", **given: Unpack[GivenByStaff]
) -> Submission:
    """Put into the queue what was decided by anybody, or refused by the campaign's own rules.

    The earlier decision stays on record, and the promised days count from now. An entrant who
    knew of it is told, with ``message`` if there is one; ``note`` is for staff.

    Raises:
        NoteNeeded: no word on why.
        AlreadyDecided: there is no decision to take back, or another came since ``after``.
    """
    return _back(submission_id, Status.PENDING_REVIEW, message, given)


def revoke_submission(
    submission_id: UUID, *, message: str = "", **given: Unpack[GivenByStaff]
) -> Submission:
    """Take an approval back for good, and tell the entrant why in ``message``; ``note`` is for staff.

    Raises:
        NoteNeeded: no word on why.
        MessageNeeded: the entrant would be told without a reason.
        AlreadyDecided: it is not approved, or another decision came since ``after``.
    """
    return _back(submission_id, Status.REVOKED, message, given)


def check_reasons(verdict: Status, reasons: Sequence[Reason], *, by_hand: bool = True) -> None:
    """Check that reasons fit a verdict, before it is given; ``by_hand`` is a moderator's.

    Raises:
        ReasonsNeeded: as :func:`reject_submission` and :func:`request_resubmission` say.
    """
    if verdict is Status.NEEDS_RESUBMISSION:
        allowed = frozenset(RETRYABLE)
    else:
        allowed = FINAL - {ReasonCode.RESUBMISSION_EXPIRED} if by_hand else FINAL
    if not 1 <= len(reasons) <= 3:
        raise ReasonsNeeded("Choose one to three reasons; the entrant reads them.")
    if any(reason.code not in allowed for reason in reasons):
        raise ReasonsNeeded("One of these reasons doesn't fit this verdict.")
    if any(reason.code is ReasonCode.OTHER and is_blank(reason.message) for reason in reasons):
        raise ReasonsNeeded("A reason in your own words needs a message; the entrant reads it.")


def _back(submission_id: UUID, status: Status, message: str, given: GivenByStaff) -> Submission:
    if is_blank(given.get("note", "")):
        raise NoteNeeded("Say why, in a few words; the log keeps them.")
    said = message.strip()
    if status is Status.REVOKED and is_blank(said):
        raise MessageNeeded("Say what the entrant reads: why the entry no longer counts.")
    reasons = [Reason(code=ReasonCode.OTHER, message=said)] if not is_blank(said) else ()
    return decide(submission_id, status, by=By.LEAD, reasons=reasons, **given)
