"""The one action that deletes everything a campaign's tests have made, as a job."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from campaignhub import ingest
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.asking import start
from campaigns.jobs.services.registry import Kind, Step
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

_AT_ONCE = 20
"""Entries that a step of the job deletes: a second or two of calls."""
_REMEMBERED = timedelta(days=15)
"""Longer than any queue keeps a message: a late word of the mirror cannot come after it."""


def test_submissions(campaign: Campaign) -> QuerySet[Submission]:
    """Return the submissions that :func:`delete_test_data` would delete."""
    return Submission.objects.filter(campaign=campaign, is_test=True)


test_submissions.__test__ = False  # type: ignore[attr-defined]


def delete_test_data(campaign: Campaign, *, actor: User, at: datetime) -> Job:
    """Start the job that deletes all submissions of a campaign's tests: table, limits, bucket and here.

    What is sent to the test page meanwhile may stay; do it again.
    """
    return start(
        DELETE_TEST_DATA,
        title=f"Delete the test data of {campaign.name}",
        client=campaign.client,
        actor=actor,
        at=at,
        total=test_submissions(campaign).count(),
        only_one=f"test_data:{campaign.pk}",
        parameters={"campaign": str(campaign.pk)},
    )


def _delete_some(job: Job, at: datetime) -> Step:
    """Delete some entries, or at last the photos that were sent without one.

    Of an entry the row here goes last, so that what fails half way is found by the next step.
    """
    campaign = Campaign.objects.get(pk=job.parameters["campaign"])
    ids = list(test_submissions(campaign).values_list("pk", flat=True)[:_AT_ONCE])
    for submission_id in ids:
        ingest.delete_submission(submission_id, gives_back=True)
    if not ids:
        for place in ("incoming", "receipts"):
            empty_folder(f"{place}/{campaign.test_slug}/")
        return Step({}, is_last=True)
    with transaction.atomic():
        DeletedTest.objects.filter(at__lt=at - _REMEMBERED).delete()
        _delete_rows(ids, at)
    # By what is left: a step before this one may have been killed when its entries had gone.
    gone = (job.total or 0) - test_submissions(campaign).count() - job.done
    went = max(len(ids), gone)
    return Step({}, done=went, counts={"deleted": went})


def _note_deleted(job: Job, state: JobState, at: datetime) -> None:
    """Write down how much went, once that is final."""
    if state is JobState.FAILED:
        return
    campaign = Campaign.objects.get(pk=job.parameters["campaign"])
    audit.record(
        campaign,
        "campaign.test_data_deleted",
        actor=job.actor,
        at=at,
        after={"submissions": job.done},
    )


def _sum_up(job: Job) -> str:
    entries = "1 test entry was" if job.done == 1 else f"{job.done} test entries were"
    return f"{entries} deleted, with photos and limits."


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


DELETE_TEST_DATA = Kind(
    name="operations.delete_test_data",
    capability=Capability.CAMPAIGN_PUBLISH,
    step=_delete_some,
    summary=_sum_up,
    unit=("entry", "entries"),
    in_transaction=False,
    passing=(ingest.IngestBusy, BucketBusy),
    on_end=_note_deleted,
)
