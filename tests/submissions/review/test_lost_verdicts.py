"""After a backup was put back, a verdict that the table has and we lost neither stands nor hides one of ours."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from campaignhub import ingest
from campaigns.accounts.models import AuditEntry
from ingest_lambda.contract import (
    Decision,
    Reason,
    ReasonCode,
    SubmissionRecord,
    SubmissionStatus,
)
from submissions.mail.models import Mail
from submissions.mirror.models import Submission
from submissions.operations.services.ledger import reconcile
from submissions.review.models import OutboxDecision
from submissions.review.services.decisions import (
    approve_submission,
    reject_submission,
    reopen_submission,
)
from submissions.review.services.lost_verdicts import SUPERSEDED
from submissions.review.services.outbox import propagate_decisions
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_stored
from tests.support.simulated_aws import simulated_aws

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
WRONG = [Reason(code=ReasonCode.WRONG_VARIANT)]
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with simulated_aws(monkeypatch):
        yield


def decided_before_the_backup_was_put_back(record: SubmissionRecord, *, number: int = 1) -> None:
    """Leave a rejection in the table of which nothing is known here."""
    rejection = Decision(
        submission_id=record.id,
        decision_no=number,
        status=SubmissionStatus.REJECTED,
        reasons=tuple(WRONG),
        decided_at=NOON,
    )
    assert ingest.apply_decision(rejection)


def in_table(record: SubmissionRecord) -> tuple[SubmissionStatus, int]:
    held = ingest.read_submission(record.id)
    assert held is not None
    return held.shown_status, held.decision_no


def propagate(at_minute: int, rounds: int = 3) -> None:
    for number in range(rounds):
        propagate_decisions(at=NOON + (at_minute + number * 6) * MINUTE)


@pytest.mark.parametrize("number", [1, 4])
def test_who_decides_now_decides_last(number):
    record = make_stored()
    decided_before_the_backup_was_put_back(record, number=number)
    approve_submission(record.id, actor=make_user(), at=NOON + MINUTE)
    propagate(2)
    assert in_table(record) == (SubmissionStatus.APPROVED, number + 1)
    row = Submission.objects.get()
    assert (row.status, row.decision_no) == ("approved", number + 1)
    assert OutboxDecision.objects.get().carried_at is not None
    mail = Mail.objects.get(kind="approved")
    assert mail.decision_no == number + 1
    line = AuditEntry.objects.get(code="submission.numbered_anew")
    assert line.after == {"decision_no": number + 1, "instead_of": "rejected"}
    assert reconcile(at=NOON + timedelta(hours=3)).gaps == 0


def test_of_several_verdicts_since_the_last_one_goes():
    record, actor = make_stored(), make_user()
    decided_before_the_backup_was_put_back(record, number=7)
    reject_submission(record.id, reasons=WRONG, actor=actor, at=NOON + MINUTE)
    propagate(3, rounds=1)  # beyond the undo minute: it was carried, and refused for its number
    reopen_submission(record.id, actor=actor, at=NOON + 10 * MINUTE, note="A slip.")
    approve_submission(record.id, actor=actor, at=NOON + 10 * MINUTE)
    propagate(20)
    status, _ = in_table(record)
    assert status is SubmissionStatus.APPROVED
    assert Submission.objects.get().decision_no == in_table(record)[1]
    assert not OutboxDecision.objects.filter(carried_at=None).exists()


def test_an_earlier_verdict_of_ours_is_let_go():
    record, actor = make_stored(), make_user()
    decided_before_the_backup_was_put_back(record, number=7)
    approve_submission(record.id, actor=actor, at=NOON)
    reopen_submission(record.id, actor=actor, at=NOON, note="A slip.")
    propagate(1)
    first, second = OutboxDecision.objects.order_by("id")
    assert first.trouble == SUPERSEDED
    assert (second.decision_no, in_table(record)) == (8, (SubmissionStatus.PENDING_REVIEW, 8))
    assert not Mail.objects.filter(kind="approved").exists()


def test_our_own_verdict_carried_twice_is_no_lost_one():
    record = make_stored()
    reject_submission(record.id, reasons=WRONG, actor=None, at=NOON)
    assert ingest.apply_decision(Decision.model_validate(OutboxDecision.objects.get().decision))
    assert propagate_decisions(at=NOON + MINUTE) == 1
    assert in_table(record) == (SubmissionStatus.REJECTED, 1)
    assert not AuditEntry.objects.filter(code="submission.numbered_anew").exists()


def test_what_the_comparison_brings_first_is_adopted():
    record = make_stored()
    decided_before_the_backup_was_put_back(record)
    assert reconcile(at=NOON + timedelta(hours=3)).repaired == 1
    assert (Submission.objects.get().status, in_table(record)[1]) == ("rejected", 1)
