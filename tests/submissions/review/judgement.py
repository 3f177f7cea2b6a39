"""What has to hold of an entry in the end, and of each mail as it is taken."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import currently_in_test_context, event

from campaignhub import ingest
from ingest_lambda.contract import MOST_ATTEMPTS, ReasonCode, SubmissionStatus
from ingest_lambda.functions.status import StatusReader
from submissions.mail.models import Mail
from submissions.mail.rules.mails import (
    ASKED_WITHIN,
    MAIL_AFTER,
    WENT_OUT,
    MailKind,
    MailState,
)
from submissions.mail.services.status_link import link_of
from submissions.mirror.models import PhotoCheck, Submission
from submissions.review.models import OutboxDecision, Review
from tests.submissions.review.mails_taken import EmailBackend, Taken, contradiction

Status = SubmissionStatus
FINAL = frozenset({Status.APPROVED, Status.REJECTED, Status.INVALID, Status.REVOKED})
SAYS_SO = frozenset({MailKind.APPROVED, MailKind.REJECTED, MailKind.REFUSED, MailKind.REVOKED})
"""Mails after which an entrant takes it for settled."""
EXPIRED = {"code": ReasonCode.RESUBMISSION_EXPIRED.value}
TIME_FOR_A_PHOTO = timedelta(hours=168)
"""Of the campaigns here: a week, as by default."""
RECORDED = WENT_OUT | {MailState.SUPPRESSED, MailState.NOT_SENT, MailState.FAILED}
"""States in which a mail went out, or it is written down that and why it did not."""


class Judgement:
    """Compares what entrants were told with what they did and what was decided."""

    now: datetime
    reader: StatusReader
    answered_at: dict[UUID, datetime]
    closed: set[tuple[UUID, str]]
    pressed: Counter[int]
    sent_again: set[int]
    """Mails that had gone out, or may have, when staff sent them again."""

    def _look_at(self, taken: Taken, earlier: list[Taken]) -> None:
        """Hold that a mail says what holds now, once, to whoever may be written to."""
        wrong = contradiction(taken, earlier)
        assert not wrong, f"{wrong}: {taken.subject}"
        times = sum(one.mail == taken.mail for one in earlier)
        assert times <= self.pressed[taken.mail], "it went out twice"
        assert self._mailbox(taken) not in self.closed, "its mailbox had enough"

    def _mailbox(self, taken: Taken) -> tuple[UUID, str]:
        return Mail.objects.get(pk=taken.mail).campaign_id, taken.to

    def _check(self, pk: UUID) -> None:
        entry, stored = Submission.objects.get(pk=pk), ingest.read_submission(pk)
        status = Status(entry.status)
        assert stored is not None
        self._check_the_question(entry)
        self._check_the_answer(entry)
        self._check_the_page(entry)
        for mail in Mail.objects.filter(submission=pk):
            self._check_the_outcome(mail)
        assert not OutboxDecision.objects.filter(submission=pk, carried_at=None).exists()
        mails = list(
            Mail.objects.filter(submission=pk, state__in=RECORDED).order_by("attempted_at", "id")
        )
        if currently_in_test_context():
            event(f"{status} {entry.decision_no}")
        told = f"{status} {[(m.kind, m.decision_no, m.state) for m in mails]}"
        if status is Status.RECEIVED:
            assert PhotoCheck.objects.filter(pk=pk).exists(), told
        else:
            assert stored.shown_status is status, told
        if status not in FINAL:
            assert status in (Status.RECEIVED, Status.PENDING_REVIEW, Status.NEEDS_RESUBMISSION)
            assert entry.decide_by, told
            if status is Status.NEEDS_RESUBMISSION:
                assert entry.resubmit_until, told
            # What was kept from a closed mailbox is no news; that it was told otherwise since is noted.
            knows = [m.kind for m in mails if m.state in WENT_OUT or m.kind not in SAYS_SO]
            assert not knows or knows[-1] not in SAYS_SO, f"it was told as settled: {told}"
            return
        news = self._news(entry, status)
        assert mails, told
        about = [m for m in mails if m.kind in SAYS_SO or m.kind in MAIL_AFTER.values()]
        last = (about or mails)[-1]
        assert last.kind == news, f"the last news is another: {told}"

    def _check_the_question(self, entry: Submission) -> None:
        """Hold that nobody is rejected for a photo that they were not asked for, or too late to send it."""
        mails = Mail.objects.filter(submission=entry, kind=MailKind.ASKED_AGAIN)
        for review in Review.objects.filter(submission=entry, actor=None):
            if not any(EXPIRED.items() <= reason.items() for reason in review.reasons):
                continue
            assert review.decision_no
            question = mails.get(decision_no=review.decision_no - 1)
            times = [t.at for t in EmailBackend.taken if t.mail == question.pk]
            # Queued again by staff, it was withdrawn by this verdict; that it went out before counts.
            is_second = question.state == MailState.WITHDRAWN and question.pk in self.sent_again
            if question.state in WENT_OUT - {MailState.UNKNOWN} or (is_second and times):
                assert review.at - min(times) >= TIME_FOR_A_PHOTO - ASKED_WITHIN, "in no time"
            elif not is_second:
                kept = (MailState.UNKNOWN, MailState.SUPPRESSED, MailState.NOT_SENT)
                # The service may say only afterwards that it sent nothing.
                was_known = question.outcome_at is None or question.outcome_at < review.at
                assert question.state in kept or not was_known, "nobody asked for it"

    def _check_the_answer(self, entry: Submission) -> None:
        """Hold that an answer which the table has is looked at, and never said to be missing."""
        for review in Review.objects.filter(submission=entry, actor=None):
            if any(EXPIRED.items() <= reason.items() for reason in review.reasons):
                answered_at = self.answered_at.get(entry.pk)
                assert answered_at is None or review.at <= answered_at, "it had been answered"
        if entry.pk in self.answered_at:
            assert entry.attempt == MOST_ATTEMPTS
            assert entry.status != Status.NEEDS_RESUBMISSION
            codes = [reason["code"] for reason in entry.decision_reasons]
            assert entry.status != Status.REJECTED or codes != [EXPIRED["code"]]

    def _check_the_page(self, entry: Submission) -> None:
        """Hold that the status page says what the desk and the mails say."""
        mail = Mail.objects.filter(submission=entry).first()
        if mail is None:
            return
        answer = self.reader.read(
            entry.campaign.slug, entry.pk, link_of(mail).split("#")[1], at=self.now
        )
        assert answer.status == entry.status, "the page says another state than the desk"
        if answer.status == Status.PENDING_REVIEW:
            assert answer.decide_by == entry.decide_by, "two days are promised"
        if entry.decision_status == entry.status and entry.status in FINAL:
            said = [reason["message"] for reason in entry.decision_reasons]
            assert [reason.message for reason in answer.reasons] == said
        until = [action.until for action in answer.actions]
        due = entry.resubmit_until
        is_asked = entry.status == Status.NEEDS_RESUBMISSION and due and self.now <= due
        assert until == ([due] if is_asked else [])

    def _check_the_outcome(self, mail: Mail) -> None:
        """Hold that a mail ended as the service, its mailbox or a later verdict would have it."""
        state, taken = MailState(mail.state), [t for t in EmailBackend.taken if t.mail == mail.pk]
        if state in (MailState.SENT, MailState.DELIVERED, MailState.BOUNCED, MailState.COMPLAINED):
            assert taken, "it is noted as sent, and the service never had it"
        elif state is MailState.SUPPRESSED:
            assert self.closed, "nobody complained, and nothing bounced"
        elif state is MailState.FAILED:
            assert taken, "it failed, and the service never rejected it"
        elif state is MailState.WITHDRAWN:
            assert not taken or self.pressed[mail.pk], "it went out and is said to be withdrawn"
        else:
            assert state in (MailState.UNKNOWN, MailState.NOT_SENT), "it is still on its way"

    def _news(self, entry: Submission, status: Status) -> MailKind:
        if entry.decision_no and entry.decision_status == status:
            return MAIL_AFTER[status]
        return MailKind.REFUSED if status is Status.INVALID else MailKind.RECEIVED
