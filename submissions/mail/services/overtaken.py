"""Whether what a mail says still holds, however long it waited."""

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
    submission = mail.submission
    if not still_holds(mail, at=at):
        return Withdrawn.UNTRUE
    if mail.kind == MailKind.RECEIVED and _was_told_more(mail):
        return Withdrawn.LATER_NEWS
    if mail.kind in (MailKind.RECEIVED, MailKind.APPROVED) and _is_told_of_a_prize(mail):
        return Withdrawn.LATER_NEWS
    if mail.kind == MailKind.APPROVED and _was_told_so(mail):
        return Withdrawn.TOLD_ALREADY
    if mail.kind == MailKind.REFUSED and _was_taken_later(submission):
        return Withdrawn.TAKEN_LATER
    return None


def _was_told_more(mail: Mail) -> bool:
    """Tell whether newer news than "we have it" went out while this mail was held up or tried again.

    Of an answer it would promise a review: once there is a verdict on it, that is the news.
    """
    entry = mail.submission
    is_decided = entry.status != SubmissionStatus.PENDING_REVIEW
    if mail.attempt > 1 and entry.decided_attempt >= mail.attempt and is_decided:
        return True
    others = Mail.objects.filter(submission=entry, state__in=WENT_OUT)
    verdict = Q(decision_no__isnull=False, attempt__gte=mail.attempt)
    return others.filter(verdict | Q(attempt__gt=mail.attempt)).exists()


def _is_told_of_a_prize(mail: Mail) -> bool:
    """Tell whether a mail of a prize says what this one would: of a reserved one that we have the entry."""
    says = (
        TELLS_OF_A_PRIZE
        if mail.kind == MailKind.RECEIVED and mail.attempt == 1
        else {MailKind.PRIZE_WON}
    )
    news = Mail.objects.filter(submission=mail.submission, kind__in=says)
    return any(
        one.state in WENT_OUT
        or (
            one.state in (MailState.QUEUED, MailState.SENDING)
            and still_holds(one, at=one.queued_at)
        )
        for one in news.select_related("submission")
    )


def _was_told_so(mail: Mail) -> bool:
    """Tell whether the last verdict that was told is this approval, taken back and given again since."""
    told = Mail.objects.filter(
        submission=mail.submission, decision_no__isnull=False, state__in=WENT_OUT
    ).exclude(pk=mail.pk)
    last = told.order_by("-decision_no", "-id").first()
    return last is not None and (last.kind, last.attempt) == (mail.kind, mail.attempt)


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
