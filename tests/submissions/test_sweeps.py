"""Photos that never came are asked for by themselves, once."""

from datetime import timedelta

import pytest

from ingest_lambda.contract import SubmissionStatus
from submissions.models import OutboxDecision, Review, Submission
from submissions.services.mirror import mirror_stream_records
from submissions.services.sweeps import ask_for_missing_images
from tests.submissions.factories import (
    NOON,
    make_campaign,
    make_image,
    make_record,
    make_upload,
    streamed,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=36)


def _submission(*, arrived: int, announced: int = 2) -> Submission:
    record = make_record(make_campaign())
    uploads = tuple(make_upload(record.id, part) for part in range(1, announced + 1))
    record = record.model_copy(update={"uploads": uploads})
    images = [streamed(make_image(record.id, upload)) for upload in uploads[:arrived]]
    mirror_stream_records([streamed(record), *images], at=NOON)
    return Submission.objects.get(pk=record.id)


@pytest.mark.parametrize("arrived", [0, 1])
def test_a_photo_that_never_came_is_asked_for_once(arrived):
    submission = _submission(arrived=arrived)
    assert ask_for_missing_images(at=LATER) == 1
    assert ask_for_missing_images(at=LATER) == 0
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.NEEDS_RESUBMISSION
    assert Review.objects.get().reasons[0]["code"] == "IMAGE_NOT_RECEIVED"
    assert OutboxDecision.objects.count() == 1


def test_a_complete_submission_is_left_alone():
    _submission(arrived=2)
    assert ask_for_missing_images(at=LATER) == 0


def test_nobody_is_asked_before_the_upload_form_has_ended():
    _submission(arrived=0)
    assert ask_for_missing_images(at=NOON + timedelta(minutes=34)) == 0


def test_a_form_without_photos_is_asked_for_none():
    _submission(arrived=0, announced=0)
    assert ask_for_missing_images(at=LATER) == 0
