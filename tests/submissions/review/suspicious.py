"""Entries that counted at once, with a photo to be suspected of."""

from datetime import timedelta
from uuid import UUID, uuid4

from campaigns.setup.models import Campaign
from ingest_lambda.contract import (
    ImageRecord,
    Record,
    SubmissionRecord,
    SubmissionStatus,
    Suspicion,
)
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission, SubmissionEvent
from submissions.review.models import OutboxDecision
from tests.submissions.factories import NOON, make_image, make_record, make_upload, streamed


def entered(
    campaign: Campaign, status: SubmissionStatus = SubmissionStatus.APPROVED, **overrides: object
) -> tuple[SubmissionRecord, ImageRecord]:
    """Make a submission that counted at once, and the facts about the one photo it announced."""
    submission_id = uuid4()
    upload = make_upload(submission_id).model_copy(update={"sha256": "1" * 64})
    record = make_record(campaign, id=submission_id, status=status, uploads=(upload,), **overrides)
    return record, make_image(submission_id, upload)


def swapped(image: ImageRecord) -> ImageRecord:
    """Make it another file than the one that was announced."""
    return image.model_copy(update={"sha256": "2" * 64})


def hear(*records: Record) -> None:
    """Hear of records, each in a batch of its own."""
    for record in records:
        result = mirror_stream_records([streamed(record)], at=NOON)
        assert not result.refused


def row(submission_id: UUID) -> Submission:
    """Return a submission as it stands here."""
    return Submission.objects.get(pk=submission_id)


def is_in_review(submission_id: UUID, *suspicions: Suspicion) -> bool:
    """Tell whether it was sent to review once, for these suspicions and with all that belongs to it."""
    submission = row(submission_id)
    told = SubmissionEvent.objects.filter(submission_id=submission_id, kind="decided")
    return (
        submission.status == SubmissionStatus.PENDING_REVIEW
        and submission.decision_no == 1
        and [event.detail["suspicions"] for event in told] == [list(suspicions)]
        and OutboxDecision.objects.filter(submission=submission).count() == 1
    )


def sharing(
    campaign: Campaign, *, first: SubmissionStatus = SubmissionStatus.APPROVED
) -> tuple[tuple[SubmissionRecord, ImageRecord], tuple[SubmissionRecord, ImageRecord]]:
    """Make two submissions that entered a minute apart, and whose photos are one file."""
    early, its_photo = entered(campaign, first)
    late, the_same = entered(campaign, entered_at=NOON + timedelta(minutes=1))
    return (early, its_photo), (late, the_same.model_copy(update={"seen_on": early.id}))
