"""Questions that were not answered in time, and those that were not even asked."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from campaignhub import ingest
from campaignhub.clock.turns import UNLIMITED, Away, Turn
from ingest_lambda.contract import Reason, ReasonCode, SubmissionStatus
from submissions.mail.services.askings import Asked, asked, held_up
from submissions.mirror.models import Submission
from submissions.review.models import OutboxDecision
from submissions.review.services.decisions import (
    AlreadyDecided,
    move_deadline,
    reject_submission,
)

ANSWER_PATIENCE = timedelta(hours=1)
"""After the deadline: what entered in time may still be on its way."""
MOST_A_ROUND = 500
MOST_BUSY = 3
"""After so many calls in a row that the table did not answer, the next round looks at the rest."""


def move_deadlines(*, at: datetime, turn: Turn = UNLIMITED) -> int:
    """Move the deadline of photos whose mail waits to be sent; return how many were moved.

    While the mail service takes nothing, nobody is told to send a photo. So nobody's time for it
    passes, and the mail that goes out in the end promises as much time as any other.

    Raises:
        Away: the table does not answer; the rest is moved at the next round.
    """
    waiting = held_up(at=at)[:MOST_A_ROUND]
    return sum(_move(submission, at) for submission in _unanswered(waiting, turn))


def reject_unanswered(*, at: datetime, turn: Turn = UNLIMITED) -> int:
    """Reject what was asked again and not answered by an hour after its deadline.

    An answer that entered in time beats the deadline even if the mirror is
    behind, so the table has the last word. Whoever was never asked is asked
    anew instead.

    Raises:
        Away: the table does not answer; the rest is rejected at the next round.
    """
    late = Submission.objects.filter(
        status=SubmissionStatus.NEEDS_RESUBMISSION,
        resubmit_until__lte=at - ANSWER_PATIENCE,
    ).order_by("resubmit_until", "id")
    rejected = 0
    for submission in _unanswered(late[:MOST_A_ROUND], turn):
        known = _asked(submission)
        if known is Asked.NO:
            _move(submission, at)
        elif known is Asked.YES:
            rejected += _reject(submission, at)
    return rejected


def _unanswered(submissions: Iterable[Submission], turn: Turn) -> Iterable[Submission]:
    """Return those of which the table has no answer; what it can't tell now is looked at in the next round."""
    busy = 0
    for submission in submissions:
        if turn.is_over():
            return
        try:
            record = ingest.read_submission(submission.pk)
        except ingest.IngestBusy as exc:
            busy += 1
            if busy >= MOST_BUSY:
                raise Away("the submissions table is busy or away") from exc
            continue
        busy = 0
        if record is None or record.attempt <= submission.decided_attempt:
            yield submission


def _asked(submission: Submission) -> Asked:
    known = asked(submission)
    if known is not Asked.NO_MAIL:
        return known
    # The mail follows once the table has the verdict. Of a verdict that was found in the table,
    # after a backup was put back, it went out before.
    waits = OutboxDecision.objects.filter(
        submission=submission, decision_no=submission.decision_no, carried_at=None
    )
    return Asked.NO if waits.exists() else Asked.YES


def _move(submission: Submission, at: datetime) -> bool:
    try:
        move_deadline(submission.pk, at=at, after=submission.decision_no)
    except AlreadyDecided:
        return False  # moved by then
    return True


def _reject(submission: Submission, at: datetime) -> bool:
    expired = [Reason(code=ReasonCode.RESUBMISSION_EXPIRED)]
    try:
        reject_submission(
            submission.pk, reasons=expired, actor=None, at=at, after=submission.decision_no
        )
    except AlreadyDecided:
        return False  # moved by then
    return True
