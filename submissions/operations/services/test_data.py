"""The one action that deletes everything a campaign's tests have made."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from campaignhub import ingest
from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from campaigns.setup.models import Campaign
from submissions.mirror.models import (
    Award,
    DeletedTest,
    EntrantMessage,
    ReceiptImage,
    Submission,
    SubmissionAnswers,
    SubmissionEvent,
)
from submissions.operations.services.bucket import BucketBusy, empty_folder
from submissions.receipts.models import SubmittedFile
from submissions.review.models import Review

_AT_ONCE = 200
_REMEMBERED = timedelta(days=15)
"""Longer than any queue keeps a message: a late word of the mirror cannot come after it."""


class TestDataBusy(DomainError):
    """The table or the bucket did not answer; what was deleted so far stays deleted."""

    __test__ = False


def test_submissions(campaign: Campaign) -> QuerySet[Submission]:
    """Return the submissions that :func:`delete_test_data` would delete."""
    return Submission.objects.filter(campaign=campaign, is_test=True)


test_submissions.__test__ = False  # type: ignore[attr-defined]


def delete_test_data(campaign: Campaign, *, actor: User, at: datetime) -> int:
    """Delete all submissions of a campaign's tests: table, limits, bucket and here. Return how many.

    The rows here go last, so that what fails half way is still found by the
    next call. What is sent to the test page meanwhile may stay; call again.

    Raises:
        TestDataBusy: try again in a minute.
    """
    ids = list(test_submissions(campaign).values_list("pk", flat=True))
    try:
        for submission_id in ids:
            ingest.delete_submission(submission_id, gives_back=True)
        for place in ("incoming", "receipts"):
            empty_folder(f"{place}/{campaign.test_slug}/")
    except (ingest.IngestBusy, BucketBusy) as exc:
        raise TestDataBusy(
            "The platform is busy, so not everything is deleted yet. Please try again in a minute."
        ) from exc
    with transaction.atomic():
        DeletedTest.objects.filter(at__lt=at - _REMEMBERED).delete()
        for begin in range(0, len(ids), _AT_ONCE):
            _delete_rows(ids[begin : begin + _AT_ONCE], at)
        audit.record(
            campaign,
            "campaign.test_data_deleted",
            actor=actor,
            at=at,
            after={"submissions": len(ids)},
        )
    return len(ids)


def _delete_rows(ids: list[UUID], at: datetime) -> None:
    DeletedTest.objects.bulk_create(
        [DeletedTest(submission_id=submission_id, at=at) for submission_id in ids],
        ignore_conflicts=True,
    )
    # The history first: the database lets it go only while it can see that it is a test's.
    Review.objects.filter(submission__in=ids).delete()
    for model in (SubmissionEvent, ReceiptImage, SubmittedFile, EntrantMessage, Award):
        model.objects.filter(submission_id__in=ids).delete()
    SubmissionAnswers.objects.filter(submission__in=ids).delete()
    Submission.objects.filter(pk__in=ids, is_test=True).delete()
