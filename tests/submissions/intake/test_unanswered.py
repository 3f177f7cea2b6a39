"""What is asked again and not answered is closed after its deadline; whoever was never asked is asked anew."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from campaignhub import aws, ingest
from campaignhub.env import env
from ingest_lambda.contract import Reason, ReasonCode, SubmissionRecord, SubmissionStatus
from submissions.intake.services.unanswered import (
    ANSWER_PATIENCE,
    move_deadlines,
    reject_unanswered,
)
from submissions.mail.models import Mail, SendingHold
from submissions.mail.rules.mails import ASKED_WITHIN, MailKind, MailState
from submissions.mail.rules.refusals import Hold
from submissions.mail.services.by_hand import resend
from submissions.mail.services.delivery import A_MINUTE, deliver_mails
from submissions.mirror.models import Submission
from submissions.review.models import OutboxDecision, Review
from submissions.review.services.deciding import undo_time
from submissions.review.services.decisions import reopen_submission, request_resubmission
from submissions.review.services.outbox import propagate_decisions
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_stored
from tests.support.simulated_aws import simulated_aws

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
UNREADABLE = [Reason(code=ReasonCode.ILLEGIBLE)]
A_WEEK = timedelta(hours=168)
LATE = NOON + A_WEEK + ANSWER_PATIENCE


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with simulated_aws(monkeypatch):
        yield


def ask() -> SubmissionRecord:
    """Ask for a photo, and queue the mail that says so."""
    record = make_stored()
    request_resubmission(record.id, reasons=UNREADABLE, actor=make_user(), at=NOON)
    propagate_decisions(at=NOON)
    return record


def send(at: datetime) -> None:
    """Carry what was decided, of an entry one in a round, then send what is due."""
    for _ in range(2):
        propagate_decisions(at=at)
    deliver_mails(at=at + undo_time(), most=10)


def hold() -> None:
    """Let the mail service take nothing, for ever."""
    never = NOON + timedelta(days=999)
    SendingHold.objects.create(reason=Hold.DAILY_QUOTA, since=NOON, next_attempt_at=never)


def entry() -> Submission:
    """Return the entry as it is now."""
    return Submission.objects.get()


def question(number: int = 1) -> Mail:
    """Return the mail that asks for a photo by this verdict."""
    return Mail.objects.get(kind=MailKind.ASKED_AGAIN, decision_no=number)


def test_what_was_asked_and_not_answered_is_closed_an_hour_after_its_deadline():
    ask()
    send(NOON)
    assert reject_unanswered(at=LATE - timedelta(minutes=1)) == 0
    assert reject_unanswered(at=LATE) == 1
    assert reject_unanswered(at=LATE) == 0
    last = Review.objects.last()
    assert last is not None
    assert (last.actor, last.reasons[0]["code"]) == (None, "RESUBMISSION_EXPIRED")


@pytest.mark.parametrize("sent", [True, False], ids=["asked", "held up"])
def test_an_answer_that_the_table_has_beats_the_deadline(sent: bool):
    record = ask()
    if sent:
        send(NOON)
    answered = record.model_copy(update={"attempt": 2, "version": 9})
    aws.dynamodb().put_item(
        TableName=env().table_name,
        Item={
            **answered.to_attributes(),
            "pk": {"S": f"SUBMISSION#{record.id}"},
            "sk": {"S": "SUBMISSION"},
        },
    )
    assert (move_deadlines(at=LATE), reject_unanswered(at=LATE)) == (0, 0)
    assert entry().decision_no == 1


def test_the_clock_rejects_nobody_who_was_given_more_time_this_instant(monkeypatch):
    record = ask()
    send(NOON)
    actor, at, read = make_user(), NOON + timedelta(days=9), ingest.read_submission

    def reopened_and_asked(submission_id: UUID) -> SubmissionRecord | None:
        reopen_submission(record.id, actor=actor, at=at, note="On holiday.")
        request_resubmission(record.id, reasons=UNREADABLE, actor=actor, at=at)
        return read(submission_id)

    monkeypatch.setattr(ingest, "read_submission", reopened_and_asked)
    assert reject_unanswered(at=at) == 0
    assert entry().status == SubmissionStatus.NEEDS_RESUBMISSION


def test_the_time_for_a_photo_does_not_pass_while_the_mail_that_asks_is_held():
    record, at = ask(), NOON + ASKED_WITHIN
    hold()
    assert move_deadlines(at=at - timedelta(seconds=1)) == 0
    assert [move_deadlines(at=at) for _ in range(2)] == [1, 0]
    assert entry().resubmit_until == at + A_WEEK
    assert (question().state, question().trouble) == ("withdrawn", "its deadline was moved")
    SendingHold.objects.all().delete()
    send(at)
    assert question(2).state == MailState.SENT
    stored = ingest.read_submission(record.id)
    assert stored is not None
    assert stored.resubmit_until == at + A_WEEK, "and until then the table takes the photo"
    assert [reason.code for reason in stored.decision_reasons] == [ReasonCode.ILLEGIBLE]
    reminders = Mail.objects.filter(kind=MailKind.REMINDER, state=MailState.QUEUED)
    assert [mail.not_before for mail in reminders] == [at + A_WEEK - timedelta(hours=24)]
    assert reject_unanswered(at=LATE) == 0
    assert reject_unanswered(at=at + A_WEEK + ANSWER_PATIENCE) == 1


@pytest.mark.parametrize("late", [ASKED_WITHIN, 2 * A_WEEK], ids=["half a day", "two weeks"])
def test_a_mail_that_asks_late_waits_for_its_new_deadline_and_is_not_withdrawn(late: timedelta):
    ask()
    at = NOON + late
    assert deliver_mails(at=at, most=10) == 1, "that it was received"
    assert (question().state, question().not_before) == ("queued", at + A_MINUTE)
    assert move_deadlines(at=at) == 1
    send(at)
    assert question(2).state == MailState.SENT


def test_nobody_is_rejected_whose_question_failed_or_was_never_carried():
    ask()
    Mail.objects.filter(kind=MailKind.ASKED_AGAIN).update(state=MailState.FAILED)
    Mail.objects.filter(kind=MailKind.REMINDER).update(state=MailState.SUPPRESSED)
    assert reject_unanswered(at=LATE) == 0
    assert (entry().decision_no, entry().resubmit_until) == (2, LATE + A_WEEK)
    assert question().state == MailState.WITHDRAWN, "nobody has to look after it any more"
    assert not Mail.objects.filter(decision_no=2).exists()
    later = LATE + A_WEEK + ANSWER_PATIENCE
    assert reject_unanswered(at=later) == 0, "the verdict is on its way"
    assert entry().decision_no == 3
    send(later)
    assert question(3).state == MailState.SENT


@pytest.mark.parametrize("state", ["unknown", "suppressed", "not_sent", "bounced"])
def test_a_deadline_holds_where_the_mail_may_have_gone_or_its_mailbox_takes_none(state: str):
    ask()
    Mail.objects.filter(decision_no=1).update(state=state)
    assert move_deadlines(at=NOON + ASKED_WITHIN) == 0
    assert reject_unanswered(at=LATE) == 1


def test_a_reminder_that_went_out_has_asked_as_well():
    ask()
    Mail.objects.filter(kind=MailKind.ASKED_AGAIN).update(state=MailState.FAILED)
    Mail.objects.filter(kind=MailKind.REMINDER).update(state=MailState.SENT)
    assert reject_unanswered(at=LATE) == 1


def test_a_mail_on_its_way_is_waited_for():
    ask()
    Mail.objects.filter(kind=MailKind.ASKED_AGAIN).update(
        state=MailState.SENDING, leased_until=LATE
    )
    assert (reject_unanswered(at=LATE), entry().decision_no) == (0, 1)


def test_a_question_that_is_sent_once_more_by_hand_keeps_its_deadline():
    ask()
    send(NOON)
    at = NOON + timedelta(days=3)
    resend(question().pk, seen=1, actor=make_user(), at=at)
    assert move_deadlines(at=at) == 0
    assert deliver_mails(at=at, most=10) == 1
    assert entry().resubmit_until == NOON + A_WEEK


def test_a_verdict_that_was_found_in_the_table_has_been_told_before():
    ask()
    Mail.objects.all().delete()
    OutboxDecision.objects.all().delete()
    assert reject_unanswered(at=LATE) == 1
