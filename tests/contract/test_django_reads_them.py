"""Django reads the golden messages of the public path, and writes what that reads."""

import json
from datetime import UTC, datetime

import pytest

from ingest_lambda.contract import Decision, SubmissionStatus
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import EntrantMessage, ReceiptImage, Submission, SubmissionAnswers
from tests.campaigns.factories import make_release
from tests.contract.reading import sample
from tests.submissions.factories import make_campaign

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 10, tzinfo=UTC)


def golden_campaign() -> None:
    said = sample("stream_submission")["dynamodb"]["NewImage"]
    campaign = make_campaign(pk=said["campaign_id"]["S"], slug=said["slug"]["S"])
    make_release(campaign, number=int(said["release"]["N"]))


def test_the_mirror_takes_in_every_golden_stream_record():
    golden_campaign()
    names = ("stream_submission", "stream_image", "stream_message", "stream_award")
    result = mirror_stream_records([sample(name) for name in names], at=AT)
    assert result.refused == []
    said = sample("stream_submission")["dynamodb"]["NewImage"]
    stored = Submission.objects.get(pk=said["id"]["S"])
    assert stored.ingest_status == SubmissionStatus.PENDING_REVIEW
    assert stored.version == int(said["version"]["N"])
    assert stored.suspicions == ["honeypot", "block_list"]
    assert stored.conflicts == 1
    answers = SubmissionAnswers.objects.get(submission_id=stored.pk)
    assert answers.answers == json.loads(said["answers"]["S"])
    image = sample("stream_image")["dynamodb"]["NewImage"]
    assert ReceiptImage.objects.get(submission_id=stored.pk).sha256 == image["sha256"]["S"]
    assert EntrantMessage.objects.filter(submission_id=stored.pk).count() == 1


def test_a_golden_record_twice_and_backwards_leaves_the_same_rows():
    golden_campaign()
    names = ["stream_award", "stream_message", "stream_image", "stream_submission"]
    for batch in (names, names[::-1]):
        assert mirror_stream_records([sample(name) for name in batch], at=AT).refused == []
    assert Submission.objects.count() == ReceiptImage.objects.count() == 1
    assert EntrantMessage.objects.count() == 1


def test_a_decision_of_the_outbox_is_read_as_it_was_written():
    decision = Decision.model_validate(sample("decision"))
    assert decision.model_dump(mode="json") == sample("decision")
