"""The outbox carries decisions in order, and the mail follows the table."""

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from campaignhub import aws, ingest
from campaignhub.env import env
from ingest_lambda.contract import Decision, Reason, ReasonCode, SubmissionRecord, SubmissionStatus
from submissions.models import Mail, OutboxDecision
from submissions.services.decisions import approve_submission, ask_again, reopen_submission
from submissions.services.mirror import mirror_stream_records
from submissions.services.outbox import carry_decisions
from submissions.services.sweeps import reject_unanswered
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign, make_record, streamed

pytestmark = pytest.mark.django_db


def _forget_clients() -> None:
    aws.dynamodb.cache_clear()
    ingest._table.cache_clear()


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(env(), "aws_endpoint_url", "")
    with mock_aws():
        _forget_clients()
        boto3.client("dynamodb", region_name=env().aws_region).create_table(
            TableName=env().table_name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        yield
    _forget_clients()


def _stored() -> SubmissionRecord:
    record = make_record(make_campaign())
    _put(record)
    mirror_stream_records([streamed(record)], at=NOON)
    return record


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
    record = _stored()
    approve_submission(record.id, actor=make_user(), at=NOON)
    assert not Mail.objects.filter(kind="approved").exists()
    assert carry_decisions(at=NOON) == 1
    assert carry_decisions(at=NOON) == 0
    held = ingest.read_submission(record.id)
    assert held is not None
    assert held.shown_status is SubmissionStatus.APPROVED
    assert Mail.objects.filter(kind="approved").count() == 1


def test_a_late_older_decision_changes_nothing():
    record, actor = _stored(), make_user()
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
    approve_submission(_stored().id, actor=make_user(), at=NOON)
    assert carry_decisions(at=NOON) == 1
    waiting = OutboxDecision.objects.get(carried_at=None)
    assert (waiting.submission_id, waiting.trouble) == (gone.id, "SubmissionMissing")


def test_what_was_asked_and_not_answered_is_closed_an_hour_after_its_deadline():
    record = _stored()
    asked = ask_again(
        record.id, reasons=[Reason(code=ReasonCode.ILLEGIBLE)], actor=make_user(), at=NOON
    )
    assert asked.resubmit_until is not None
    assert reject_unanswered(at=asked.resubmit_until + timedelta(minutes=59)) == 0
    assert reject_unanswered(at=asked.resubmit_until + timedelta(minutes=60)) == 1
    assert reject_unanswered(at=asked.resubmit_until + timedelta(minutes=60)) == 0


def test_an_answer_that_the_table_has_beats_the_deadline():
    record = _stored()
    asked = ask_again(
        record.id, reasons=[Reason(code=ReasonCode.ILLEGIBLE)], actor=make_user(), at=NOON
    )
    assert asked.resubmit_until is not None
    _put(record.model_copy(update={"attempt": 2, "version": 2}))
    assert reject_unanswered(at=asked.resubmit_until + timedelta(hours=2)) == 0
