"""Going back on a decision: one's own within the undo minute, anybody's with a reason."""

from datetime import datetime
from uuid import UUID

from campaigns.accounts.models import User
from ingest_lambda.contract import Reason, ReasonCode, SubmissionStatus
from submissions.mirror.models import Submission
from submissions.review.rules.moves import By
from submissions.review.services.decisions.deciding import decide
from submissions.review.services.decisions.errors import MessageNeeded, NoteNeeded


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
        SubmissionStatus.PENDING_REVIEW,
        by=By.UNDO,
        actor=actor,
        at=at,
        note=note or "A slip at the desk, taken back within a minute.",
        after=after,
    )


def reopen_submission(
    submission_id: UUID,
    *,
    actor: User,
    at: datetime,
    note: str,
    message: str = "",
    after: int | None = None,
) -> Submission:
    """Put into the queue what was decided by anybody, or refused by the campaign's own rules.

    The earlier decision stays on record, and the promised days count from now. An entrant who
    knew of it is told, with ``message`` if there is one; ``note`` is for staff.

    Raises:
        NoteNeeded: no word on why.
        AlreadyDecided: there is no decision to take back, or another came since ``after``.
    """
    return _go_back(
        submission_id,
        SubmissionStatus.PENDING_REVIEW,
        actor=actor,
        at=at,
        note=note,
        message=message,
        after=after,
    )


def revoke_submission(
    submission_id: UUID,
    *,
    actor: User,
    at: datetime,
    note: str,
    message: str = "",
    after: int | None = None,
) -> Submission:
    """Take an approval back for good, and tell the entrant why in ``message``; ``note`` is for staff.

    Raises:
        NoteNeeded: no word on why.
        MessageNeeded: the entrant would be told without a reason.
        AlreadyDecided: it is not approved, or another decision came since ``after``.
    """
    return _go_back(
        submission_id,
        SubmissionStatus.REVOKED,
        actor=actor,
        at=at,
        note=note,
        message=message,
        after=after,
    )


def _go_back(
    submission_id: UUID,
    status: SubmissionStatus,
    *,
    actor: User,
    at: datetime,
    note: str,
    message: str,
    after: int | None,
) -> Submission:
    if not note.strip():
        raise NoteNeeded("Say why, in a few words; the log keeps them.")
    said = message.strip()
    if status is SubmissionStatus.REVOKED and not said:
        raise MessageNeeded("Say what the entrant reads: why the entry no longer counts.")
    return decide(
        submission_id,
        status,
        by=By.LEAD,
        actor=actor,
        at=at,
        reasons=[Reason(code=ReasonCode.OTHER, message=said)] if said else (),
        note=note,
        after=after,
    )
