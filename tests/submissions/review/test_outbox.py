"""The outbox carries decisions in order, and the mail follows the table."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from campaignhub import aws, ingest
from campaignhub.env import env
from ingest_lambda.contract import Decision, Reason, ReasonCode, SubmissionRecord, SubmissionStatus
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mail.models import Mail
from submissions.mail.rules.mails import REMIND_BEFORE, MailState
from submissions.mail.services.delivery import deliver_mails
from submissions.review.models import OutboxDecision
from submissions.review.services.deciding import undo_time
from submissions.review.services.decisions import (
    approve_submission,
    reject_submission,
    reopen_submission,
    request_resubmission,
)
from submissions.review.services.outbox import LEASE, propagate_decisions
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign, make_record, make_stored, streamed
from tests.support.simulated_aws import simulated_aws

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
UNREADABLE = [Reason(code=ReasonCode.ILLEGIBLE)]
TOO_OLD = [Reason(code=ReasonCode.RECEIPT_TOO_OLD)]


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with simulated_aws(monkeypatch):
        yield


def _put(record: SubmissionRecord) -> None:
    aws.dynamodb().put_item(
        TableName=env().table_name,
        Item={
            **record.to_attributes(),
            "pk": {"S": f"SUBMISSION#{record.id}"},
            "sk": {"S": "SUBMISSION"},
        },
    )


def test_a_decision_is_carried_once_and_then_its_mail_is_queued():
    record = make_stored()
    approve_submission(record.id, actor=make_user(), at=NOON)
    assert not Mail.objects.filter(kind="approved").exists()
    assert propagate_decisions(at=NOON) == 1
    assert propagate_decisions(at=NOON) == 0
    held = ingest.read_submission(record.id)
    assert held is not None
    assert held.shown_status is SubmissionStatus.APPROVED
    mail = Mail.objects.get(kind="approved")
    assert mail.not_before == NOON + undo_time()


def test_a_late_older_decision_changes_nothing():
    record, actor = make_stored(), make_user()
    approve_submission(record.id, actor=actor, at=NOON)
    reopen_submission(record.id, actor=actor, at=NOON, note="slip")
    older, newer = OutboxDecision.objects.order_by("decision_no")
    assert ingest.apply_decision(Decision.model_validate(newer.decision))
    assert not ingest.apply_decision(Decision.model_validate(older.decision))
    held = ingest.read_submission(record.id)
    assert held is not None
    assert held.shown_status is SubmissionStatus.PENDING_REVIEW


def test_a_decision_that_cannot_go_yet_waits_with_its_trouble_and_holds_up_no_other():
    gone = make_record(make_campaign())
    mirror_stream_records([streamed(gone)], at=NOON)
    approve_submission(gone.id, actor=make_user(), at=NOON)
    approve_submission(make_stored().id, actor=make_user(), at=NOON)
    assert propagate_decisions(at=NOON) == 1
    waiting = OutboxDecision.objects.get(carried_at=None)
    assert (waiting.submission_id, waiting.trouble) == (gone.id, "SubmissionMissing")


def test_the_decisions_of_one_submission_go_in_order_and_each_waits_for_the_one_before():
    record, actor = make_stored(), make_user()
    approve_submission(record.id, actor=actor, at=NOON)
    reopen_submission(record.id, actor=actor, at=NOON, note="slip")
    OutboxDecision.objects.filter(decision_no=1).update(not_before=NOON + timedelta(minutes=1))
    assert propagate_decisions(at=NOON) == 0
    later = NOON + timedelta(minutes=2)
    assert [propagate_decisions(at=later) for _ in range(3)] == [1, 1, 0]


def test_what_cannot_go_moves_behind_what_can_however_many_there_are():
    for _ in range(3):
        gone = make_record(make_campaign())
        mirror_stream_records([streamed(gone)], at=NOON)
        approve_submission(gone.id, actor=make_user(), at=NOON)
    approve_submission(make_stored().id, actor=make_user(), at=NOON)
    assert [propagate_decisions(at=NOON, most=2) for _ in range(2)] == [0, 1]
    waits = OutboxDecision.objects.filter(carried_at=None)
    assert [decision.tries > 0 for decision in waits] == [True, True, True]


def test_a_decision_that_nobody_can_read_blocks_no_other():
    record = make_stored()
    approve_submission(record.id, actor=make_user(), at=NOON)
    OutboxDecision.objects.update(decision={"nonsense": 1})
    with pytest.raises(ValueError, match="Decision"):
        propagate_decisions(at=NOON)
    approve_submission(make_stored().id, actor=make_user(), at=NOON)
    assert propagate_decisions(at=NOON) == 1
    assert OutboxDecision.objects.get(carried_at=None).trouble == "unforeseen"


def test_of_two_carriers_one_has_the_decision_and_a_dead_ones_is_taken_over():
    record = make_stored()
    approve_submission(record.id, actor=make_user(), at=NOON)
    OutboxDecision.objects.update(leased_until=NOON + LEASE, tries=1)
    assert propagate_decisions(at=NOON) == 0
    assert propagate_decisions(at=NOON + LEASE + timedelta(seconds=1)) == 1


def test_a_rejection_taken_back_within_the_minute_never_reaches_the_table():
    record, actor = make_stored(), make_user()
    reject_submission(record.id, reasons=TOO_OLD, actor=actor, at=NOON)
    assert propagate_decisions(at=NOON + undo_time() / 2) == 0
    reopen_submission(record.id, actor=actor, at=NOON + undo_time() / 2, note="slip")
    assert propagate_decisions(at=NOON + undo_time() * 2) == 1
    held = ingest.read_submission(record.id)
    assert held is not None
    assert (held.decision_no, held.shown_status) == (2, SubmissionStatus.PENDING_REVIEW)
    assert not Mail.objects.exclude(kind="received").exists()


def test_the_same_approval_is_told_once_however_often_it_was_taken_back():
    record, actor = make_stored(), make_user()
    approve_submission(record.id, actor=actor, at=NOON)
    propagate_decisions(at=NOON)
    Mail.objects.filter(kind="approved").update(state=MailState.SENT)
    reopen_submission(record.id, actor=actor, at=NOON, note="another look")
    approve_submission(record.id, actor=actor, at=NOON)
    propagate_decisions(at=NOON)
    propagate_decisions(at=NOON)
    deliver_mails(at=NOON + undo_time(), most=10)
    told = Mail.objects.filter(kind="approved").values_list("state", "trouble")
    assert list(told.order_by("id")) == [
        (MailState.SENT, ""),
        (MailState.WITHDRAWN, "they were told so already"),
    ]


@pytest.mark.parametrize("is_told", [True, False])
def test_who_was_told_of_a_win_is_told_when_their_entry_is_looked_at_again(is_told: bool):
    record, actor = make_stored(), make_user()
    approve_submission(record.id, actor=actor, at=NOON)
    propagate_decisions(at=NOON)
    # The win's mail says all that the approval's does, and goes in its place.
    state = MailState.SENT if is_told else MailState.WITHDRAWN
    Mail.objects.filter(kind="approved").update(
        kind="prize_won", event="prize_won:voucher", decision_no=None, state=state
    )
    reopen_submission(record.id, actor=actor, at=NOON, note="another look")
    propagate_decisions(at=NOON)
    assert Mail.objects.filter(kind="reopened").exists() == is_told


@pytest.mark.parametrize(
    ("became", "goes"), [(MailState.SENT, MailState.WITHDRAWN), (MailState.QUEUED, MailState.SENT)]
)
def test_an_approval_given_again_is_told_by_what_became_of_the_mail_that_was_being_sent(
    became: MailState, goes: MailState
):
    record, actor = make_stored(), make_user()
    approve_submission(record.id, actor=actor, at=NOON)
    propagate_decisions(at=NOON)
    first = Mail.objects.filter(kind="approved")
    first.update(state=MailState.SENDING, leased_until=NOON + timedelta(hours=1))
    reopen_submission(record.id, actor=actor, at=NOON, note="another look")
    approve_submission(record.id, actor=actor, at=NOON)
    propagate_decisions(at=NOON)
    propagate_decisions(at=NOON)
    Mail.objects.filter(kind="approved", decision_no=1).update(state=became, leased_until=None)
    deliver_mails(at=NOON + undo_time(), most=10)
    assert Mail.objects.get(kind="approved", decision_no=3).state == goes


def test_a_question_is_followed_by_its_reminder_a_day_before_the_deadline():
    record = make_stored()
    asked = request_resubmission(record.id, reasons=UNREADABLE, actor=make_user(), at=NOON)
    assert asked.resubmit_until is not None
    propagate_decisions(at=NOON)
    question, reminder = Mail.objects.filter(decision_no=1).order_by("not_before")
    assert (question.kind, question.not_before) == ("asked_again", NOON + undo_time())
    assert reminder.not_before == asked.resubmit_until - REMIND_BEFORE
    deliver_mails(at=reminder.not_before, most=10)
    reminder.refresh_from_db()
    assert reminder.state == MailState.SENT


def test_a_table_that_was_away_for_a_day_leaves_nothing_behind(monkeypatch):
    first, actor = make_stored(), make_user()
    approve_submission(first.id, actor=actor, at=NOON)
    carry, at = ingest.apply_decision, NOON

    def away(_decision: Decision) -> bool:
        raise ingest.IngestBusy("away")

    monkeypatch.setattr(ingest, "apply_decision", away)
    OutboxDecision.objects.update(tries=32_766)  # months; and the 47th was too many for a timedelta
    for _ in range(3):
        at += timedelta(minutes=10)
        assert propagate_decisions(at=at) == 0
    OutboxDecision.objects.update(tries=46, not_before=at)
    monkeypatch.setattr(ingest, "apply_decision", carry)
    second = make_stored()
    approve_submission(second.id, actor=actor, at=NOON)
    assert propagate_decisions(at=at + timedelta(minutes=10)) == 2
    for record in (first, second):
        assert OutboxDecision.objects.get(submission=record.id).carried_at is not None


def test_an_entrant_who_got_another_mail_in_between_gets_the_approval_again():
    record, actor, at = make_stored(), make_user(), NOON

    def send_what_is_due() -> list[str]:
        nonlocal at
        for _ in range(2):
            at += timedelta(hours=1)
            propagate_decisions(at=at)
            deliver_mails(at=at, most=50)
        sent = Mail.objects.filter(state=MailState.SENT, decision_no__isnull=False)
        return [mail.kind for mail in sent.order_by("id")]

    approve_submission(record.id, actor=actor, at=at)
    assert send_what_is_due() == ["approved"]
    reopen_submission(record.id, actor=actor, at=at, note="A slip.")
    approve_submission(record.id, actor=actor, at=at)
    assert send_what_is_due() == ["approved"], "the same news is not sent twice"
    reopen_submission(record.id, actor=actor, at=at, note="Looked again.")
    reject_submission(record.id, reasons=TOO_OLD, actor=actor, at=at)
    assert send_what_is_due() == ["approved", "rejected"]
    reopen_submission(record.id, actor=actor, at=at, note="A slip.")
    approve_submission(record.id, actor=actor, at=at)
    assert send_what_is_due() == ["approved", "rejected", "approved"]
