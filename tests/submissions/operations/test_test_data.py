"""One action deletes what tests have made, everywhere, and nothing else."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from campaignhub import aws, ingest
from campaignhub.env import env
from campaigns.accounts.models import AuditEntry
from campaigns.accounts.rules.roles import Role
from campaigns.jobs.models import Job
from campaigns.jobs.services.running import LEASE
from ingest_lambda.contract import Given, Mode
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import ReceiptImage, Submission, SubmissionEvent
from submissions.operations.services.test_data import delete_test_data
from submissions.review.services.decisions import approve_submission
from tests.campaigns.factories import make_user
from tests.campaigns.jobs.bad_luck import survives
from tests.campaigns.jobs.counting import deliver, told
from tests.submissions.factories import (
    NOON,
    make_award,
    make_campaign,
    make_image,
    make_message,
    make_record,
    make_upload,
    streamed,
)
from tests.support.jobs import run_jobs
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
    ingest.clients.submissions_table().submissions.create(record)
    for place in ("incoming", "receipts"):
        aws.s3().put_object(
            Bucket=env().bucket_name, Key=f"{place}/{record.slug}/{record.id}/1/1-1-n", Body=b"x"
        )
    image = make_image(record.id, make_upload(record.id))
    heard = [streamed(r) for r in (record, image, make_message(record.id))]
    assert mirror_stream_records(heard, at=NOON).refused == []
    approve_submission(record.id, actor=make_user(), at=NOON)
    return record


def _started(campaign: Any) -> Job:
    return delete_test_data(campaign, actor=make_user((campaign.client, Role.OWNER)), at=NOON)


def _delete(campaign: Any) -> Job:
    _started(campaign)
    (job,) = run_jobs(at=NOON)
    assert job.state == "done"
    return job


def _objects() -> int:
    return int(aws.s3().list_objects_v2(Bucket=env().bucket_name)["KeyCount"])


def test_everything_that_tests_made_goes_and_the_rest_stays():
    campaign = make_campaign()
    live, other = _stored(campaign, Mode.LIVE), _stored(make_campaign(), Mode.TEST)
    gone = [_stored(campaign, Mode.TEST) for _ in range(2)]
    assert _delete(campaign).done == 2
    assert _delete(campaign).done == 0
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
    _delete(campaign)
    late = streamed(record.model_copy(update={"version": 2}))
    assert mirror_stream_records([late], at=NOON).taken == 1
    assert not Submission.objects.exists()


def test_while_the_bucket_is_away_the_job_waits_and_then_ends(account, monkeypatch):
    campaign = make_campaign()
    _stored(campaign, Mode.TEST)
    bucket = env().bucket_name
    monkeypatch.setattr(env(), "bucket_name", "gone")
    job = _started(campaign)
    deliver(job)
    assert Job.objects.get(pk=job.pk).last_error == "BucketBusy"
    monkeypatch.setattr(env(), "bucket_name", bucket)
    run_jobs(at=NOON)
    assert Job.objects.get(pk=job.pk).outcome == "1 test entry was deleted, with photos and limits."
    assert _objects() == 0


def test_what_a_killed_step_had_deleted_is_counted(monkeypatch):
    monkeypatch.setattr("submissions.operations.services.test_data._AT_ONCE", 1)
    campaign = make_campaign()
    for _ in range(4):
        _stored(campaign, Mode.TEST)
    assert survives(_started(campaign), at=NOON).done == 4
    assert AuditEntry.objects.get(code="campaign.test_data_deleted").after == {"submissions": 4}


def test_a_kill_in_the_middle_and_a_second_delivery_delete_once(monkeypatch):
    monkeypatch.setattr("submissions.operations.services.test_data._AT_ONCE", 1)
    campaign = make_campaign()
    for _ in range(3):
        _stored(campaign, Mode.TEST)
    job = _started(campaign)
    for _ in range(2):
        deliver(job, steps=1, slice_no=0)
    assert Submission.objects.count() == 2
    # Killed behind the table, before the rows here went.
    ingest.delete_submission(Submission.objects.all()[0].pk, gives_back=True)
    Job.objects.update(lease=uuid4(), leased_until=NOON + LEASE)
    run_jobs(at=NOON + LEASE)
    assert not Submission.objects.exists()
    assert AuditEntry.objects.get(code="campaign.test_data_deleted").after == {"submissions": 3}
    assert told(job) == ["job.started", "job.done"]


def test_what_a_test_won_goes_back_into_its_stock_and_nothing_of_the_live_one():
    campaign = make_campaign()
    for mode in (Mode.TEST, Mode.LIVE):
        record = _stored(campaign, mode)
        award = make_award(record.id, prize="sticker", unit="b1.0.0")
        ingest.clients.submissions_table().submissions.put_award(award)
        given = Given(prize="sticker", unit="b1.0.0", submission_id=record.id)
        ingest.restore_given(record.campaign_id, [given])
    survives(_started(campaign), at=NOON)
    assert ingest.read_given(str(campaign.test_id), "sticker", "b1.0.0") is None
    (back,) = ingest.clients.stock_table().blocks.returned(str(campaign.test_id), "sticker", most=5)
    assert back.unit == "b1.0.0"
    assert ingest.read_given(str(campaign.pk), "sticker", "b1.0.0") is not None
