"""Going back on a decision: one's own within the undo minute, anybody's with a reason."""

from datetime import datetime
from uuid import UUID

from campaigns.accounts.models import User
from ingest_lambda.contract import SubmissionStatus
from submissions.mirror.models import Submission
from submissions.review.rules.moves import By
from submissions.review.services.decisions.deciding import decide
from submissions.review.services.decisions.errors import NoteNeeded


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
    submission_id: UUID, *, actor: User, at: datetime, note: str, after: int | None = None
) -> Submission:
    """Take back a decision of anybody's: it waits for review again, the earlier one stays on record.

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
        after=after,
    )


def revoke_submission(
    submission_id: UUID, *, actor: User, at: datetime, note: str, after: int | None = None
) -> Submission:
    """Take an approval back for good.

    Raises:
        NoteNeeded: no word on why.
        AlreadyDecided: it is not approved, or another decision came since ``after``.
    """
    return _go_back(
        submission_id, SubmissionStatus.REVOKED, actor=actor, at=at, note=note, after=after
    )


def restore_submission(
    submission_id: UUID, *, actor: User, at: datetime, note: str, after: int | None = None
) -> Submission:
    """Accept what the campaign's own rules refused, for a reason that staff know.

    Raises:
        NoteNeeded: no word on why.
        AlreadyDecided: it was not refused, or another decision came since ``after``.
    """
    return _go_back(
        submission_id, SubmissionStatus.RECEIVED, actor=actor, at=at, note=note, after=after
    )


def _go_back(
    submission_id: UUID,
    status: SubmissionStatus,
    *,
    actor: User,
    at: datetime,
    note: str,
    after: int | None,
) -> Submission:
    if not note.strip():
        raise NoteNeeded("Say why, in a few words; the log keeps them.")
    return decide(submission_id, status, by=By.LEAD, actor=actor, at=at, note=note, after=after)
