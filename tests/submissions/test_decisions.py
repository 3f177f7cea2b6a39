"""A verdict is given once, with its reasons, and everything that follows from it in one act."""

import threading

import pytest
from django.db import connection

from campaigns.models import AuditEntry
from ingest_lambda.contract import Reason, ReasonCode, SubmissionStatus
from submissions.models import OutboxDecision, Review, Submission, SubmissionEvent
from submissions.services.decisions import (
    AlreadyDecided,
    ReasonsNeeded,
    approve_submission,
    ask_again,
    reject_submission,
    reopen_submission,
)
from submissions.services.mirror import mirror_stream_records
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign, make_record, streamed


def make_submission() -> Submission:
    record = make_record(make_campaign())
    mirror_stream_records([streamed(record)], at=NOON)
    return Submission.objects.get(pk=record.id)


@pytest.mark.django_db
def test_a_verdict_leaves_its_number_review_event_audit_line_and_outbox_row():
    submission = make_submission()
    approve_submission(submission.pk, actor=make_user(), at=NOON)
    submission.refresh_from_db()
    assert (submission.status, submission.decision_no) == (SubmissionStatus.APPROVED, 1)
    assert Review.objects.get().verdict == SubmissionStatus.APPROVED
    assert SubmissionEvent.objects.filter(kind="decided").count() == 1
    assert AuditEntry.objects.filter(code="submission.approved").count() == 1
    assert OutboxDecision.objects.get().decision_no == 1


@pytest.mark.django_db
def test_the_second_verdict_is_refused_and_leaves_nothing():
    submission = make_submission()
    approve_submission(submission.pk, actor=make_user(), at=NOON)
    with pytest.raises(AlreadyDecided):
        reject_submission(
            submission.pk, reasons=[Reason(code=ReasonCode.ILLEGIBLE)], actor=make_user(), at=NOON
        )
    assert Review.objects.count() == 1
    assert OutboxDecision.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "codes", [[], [ReasonCode.BELOW_MIN_SPEND], [ReasonCode.ILLEGIBLE] * 4], ids=str
)
def test_asking_again_needs_one_to_three_reasons_that_leave_another_try(codes):
    submission = make_submission()
    with pytest.raises(ReasonsNeeded):
        ask_again(
            submission.pk, reasons=[Reason(code=c) for c in codes], actor=make_user(), at=NOON
        )


@pytest.mark.django_db
def test_other_needs_a_note():
    submission = make_submission()
    with pytest.raises(ReasonsNeeded):
        reject_submission(
            submission.pk, reasons=[Reason(code=ReasonCode.OTHER)], actor=make_user(), at=NOON
        )


@pytest.mark.django_db
def test_what_was_taken_back_can_be_decided_again_and_both_stay_on_record():
    submission, actor = make_submission(), make_user()
    approve_submission(submission.pk, actor=actor, at=NOON)
    reopen_submission(submission.pk, actor=actor, at=NOON, note="wrong key")
    approve_submission(submission.pk, actor=actor, at=NOON)
    assert list(Review.objects.values_list("decision_no", flat=True)) == [1, 2, 3]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_at_once_one_is_refused():
    submission, actor = make_submission(), make_user()
    start, outcomes = threading.Barrier(2), []

    def press() -> None:
        start.wait(10)
        try:
            approve_submission(submission.pk, actor=actor, at=NOON)
            outcomes.append("approved")
        except AlreadyDecided:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["approved", "refused"]
    assert Review.objects.count() == 1
