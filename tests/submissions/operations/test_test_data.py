"""One action deletes what tests have made, everywhere, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest

from campaignhub import aws, ingest
from campaignhub.env import env
from campaigns.accounts.models import AuditEntry
from ingest_lambda.contract import Mode
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import ReceiptImage, Submission, SubmissionEvent
from submissions.operations.services.test_data import TestDataBusy, delete_test_data
from submissions.review.services.decisions import approve_submission
from tests.campaigns.factories import make_user
from tests.submissions.factories import (
    NOON,
    make_campaign,
    make_image,
    make_message,
    make_record,
    make_upload,
    streamed,
)
from tests.support.simulated_aws import simulated_aws

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with simulated_aws(monkeypatch) as queues:
        yield queues


def _stored(campaign: Any, mode: Mode) -> Any:
    test = mode is Mode.TEST
    record = make_record(
        campaign,
        mode=mode,
        campaign_id=str(campaign.test_id if test else campaign.pk),
        slug=campaign.test_slug if test else campaign.slug,
    )
    ingest._table().submissions.create(record)
    for place in ("incoming", "receipts"):
        aws.s3().put_object(
            Bucket=env().bucket_name, Key=f"{place}/{record.slug}/{record.id}/1/1-1-n", Body=b"x"
        )
    image = make_image(record.id, make_upload(record.id))
    heard = [streamed(r) for r in (record, image, make_message(record.id))]
    assert mirror_stream_records(heard, at=NOON).refused == []
    approve_submission(record.id, actor=make_user(), at=NOON)
    return record


def _objects() -> int:
    return int(aws.s3().list_objects_v2(Bucket=env().bucket_name)["KeyCount"])


def test_everything_that_tests_made_goes_and_the_rest_stays():
    campaign = make_campaign()
    live, other = _stored(campaign, Mode.LIVE), _stored(make_campaign(), Mode.TEST)
    gone = [_stored(campaign, Mode.TEST) for _ in range(2)]
    actor = make_user()
    assert delete_test_data(campaign, actor=actor, at=NOON) == 2
    assert delete_test_data(campaign, actor=actor, at=NOON) == 0
    assert set(Submission.objects.values_list("pk", flat=True)) == {live.id, other.id}
    assert SubmissionEvent.objects.filter(submission_id__in=[r.id for r in gone]).count() == 0
    assert ReceiptImage.objects.count() == 2
    assert [ingest.read_submission(r.id) for r in gone] == [None, None]
    assert ingest.read_submission(live.id) is not None
    assert _objects() == 4
    lines = AuditEntry.objects.filter(code="campaign.test_data_deleted")
    assert sorted(lines.values_list("after__submissions", flat=True)) == [0, 2]


def test_a_late_word_of_the_mirror_brings_no_deleted_test_back():
    campaign = make_campaign()
    record = _stored(campaign, Mode.TEST)
    delete_test_data(campaign, actor=make_user(), at=NOON)
    late = streamed(record.model_copy(update={"version": 2}))
    assert mirror_stream_records([late], at=NOON).taken == 1
    assert not Submission.objects.exists()


def test_what_failed_half_way_is_found_again(account, monkeypatch):
    campaign = make_campaign()
    _stored(campaign, Mode.TEST)
    bucket = env().bucket_name
    monkeypatch.setattr(env(), "bucket_name", "gone")
    with pytest.raises(TestDataBusy):
        delete_test_data(campaign, actor=make_user(), at=NOON)
    monkeypatch.setattr(env(), "bucket_name", bucket)
    assert delete_test_data(campaign, actor=make_user(), at=NOON) == 1
    assert _objects() == 0
