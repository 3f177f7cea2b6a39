"""Whether what a mail says still holds, however long it waited."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from ingest_lambda.contract import SubmissionStatus
from submissions.mail.models import Mail
from submissions.mail.rules.mails import (
    TELLS_OF_A_PRIZE,
    WENT_OUT,
    MailKind,
    MailState,
    Withdrawn,
    is_still_true,
)
from submissions.mail.services.askings import waits_for_its_deadline
from submissions.mail.services.prizes import prize_of
from submissions.mirror.models import Submission


def still_holds(mail: Mail, *, at: datetime) -> bool:
    """Tell whether the verdict that a mail tells of is the last one, and a photo it asks for is still taken."""
    submission = mail.submission
    if mail.kind in TELLS_OF_A_PRIZE:
        told = prize_of(mail)
        return told is not None and told.is_true
    until = submission.resubmit_until
    counts = until is not None and not waits_for_its_deadline(mail, at=at)
    return is_still_true(
        MailKind(mail.kind),
        decision_no=mail.decision_no,
        last_decision_no=submission.decision_no,
        status=SubmissionStatus(submission.status),
        time_left=until - at if until and counts else None,
    )


def overtaken(mail: Mail, *, at: datetime) -> Withdrawn | None:
    """Return why a mail that is about to go out is no news any more; ``None`` where it is.

    What the entrant was told before is asked here and not when the mail is queued: a
    mailbox gets one mail at a time, so an earlier one that was being sent has its outcome.
    """
    if not still_holds(mail, at=at):
        return Withdrawn.UNTRUE
    if mail.kind == MailKind.REFUSED and _was_taken_later(mail.submission):
        return Withdrawn.TAKEN_LATER
    if mail.kind not in (MailKind.RECEIVED, MailKind.APPROVED):
        return None
    # An entry has a handful: read at once, since each question would cost a mail a twentieth.
    others = list(Mail.objects.filter(submission=mail.submission).exclude(pk=mail.pk))
    if mail.kind == MailKind.RECEIVED and _was_told_more(mail, others):
        return Withdrawn.LATER_NEWS
    if _is_told_of_a_prize(mail, others):
        return Withdrawn.LATER_NEWS
    if mail.kind == MailKind.APPROVED and _was_told_so(mail, others):
        return Withdrawn.TOLD_ALREADY
    return None


def _was_told_more(mail: Mail, others: Sequence[Mail]) -> bool:
    """Tell whether newer news than "we have it" went out while this mail was held up or tried again.

    Of an answer it would promise a review: once there is a verdict on it, that is the news.
    """
    entry = mail.submission
    is_decided = entry.status != SubmissionStatus.PENDING_REVIEW
    if mail.attempt > 1 and entry.decided_attempt >= mail.attempt and is_decided:
        return True
    return any(
        one.attempt > mail.attempt or (one.decision_no is not None and one.attempt == mail.attempt)
        for one in others
        if one.state in WENT_OUT
    )


def _is_told_of_a_prize(mail: Mail, others: Sequence[Mail]) -> bool:
    """Tell whether a mail of a prize says what this one would: of a reserved one that we have the entry."""
    says = (
        TELLS_OF_A_PRIZE
        if mail.kind == MailKind.RECEIVED and mail.attempt == 1
        else {MailKind.PRIZE_WON}
    )
    for one in others:
        if one.kind not in says:
            continue
        if one.state in WENT_OUT and not _is_taken_back(one, others):
            return True
        one.submission = mail.submission
        waits = one.state in (MailState.QUEUED, MailState.SENDING)
        if waits and still_holds(one, at=one.queued_at):
            return True
    return False


def _is_taken_back(won: Mail, others: Sequence[Mail]) -> bool:
    """Tell whether a verdict against it was told after a mail of a prize, so that it is no longer the last word."""
    return any(
        one.decision_no is not None
        and one.kind != MailKind.APPROVED
        and one.state in WENT_OUT
        and _told_at(one) > _told_at(won)
        for one in others
    )


def _told_at(mail: Mail) -> datetime:
    return mail.attempted_at or mail.queued_at


def _was_told_so(mail: Mail, others: Sequence[Mail]) -> bool:
    """Tell whether the last verdict that was told is this approval, taken back and given again since."""
    told = [
        (one.decision_no, one.pk, one.kind, one.attempt)
        for one in others
        if one.decision_no is not None and one.state in WENT_OUT
    ]
    return bool(told) and max(told)[2:] == (mail.kind, mail.attempt)


def _was_taken_later(submission: Submission) -> bool:
    """Tell whether the person of a refused submission has sent one since that was not refused."""
    later = Submission.objects.filter(
        # The index leaves out who is not known, and SQLite uses it only where that is said.
        ~Q(person_hash=""),
        person_hash=submission.person_hash,
        campaign=submission.campaign_id,
        entered_at__gt=submission.entered_at,
    )
    return later.exclude(status=SubmissionStatus.INVALID).exists()
