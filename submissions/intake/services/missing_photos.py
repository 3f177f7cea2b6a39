"""Photos that were announced and never came: their entrants are asked again, without a person."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from campaignhub import ingest
from ingest_lambda.contract import Reason, ReasonCode, SubmissionStatus, Suspicion
from submissions.intake.services.repair import bring_here
from submissions.mirror.models import ReceiptImage, Submission
from submissions.mirror.rules.photo_checks import COUNTS_UNSEEN
from submissions.review.services.decisions import (
    AlreadyDecided,
    request_resubmission,
    send_to_review,
)

IMAGE_PATIENCE = timedelta(minutes=35)
"""A form for an upload lives 30 minutes; five more for the queue behind it."""
LOOKS_BACK = timedelta(days=1)
"""Older ones have been swept already or are a moderator's, so a round stays short."""
MOST_A_ROUND = 500


def ask_for_missing_images(*, at: datetime) -> int:
    """Ask again where a photo that was announced never arrived; return how many were asked.

    Time counts from the entry and from when we heard of it, so that a backlog
    is not taken for a lost photo; and the table has the last word, so that
    nobody is asked for a photo that only the mirror lost. Only the first
    attempt is asked by itself: there is one retry, and after it a person
    decides. While the table is away, nobody is asked.
    """
    before = at - IMAGE_PATIENCE
    waiting = (
        Submission.objects.filter(
            entered_at__gt=at - LOOKS_BACK,
            entered_at__lte=before,
            mirrored_at__lte=before,
            attempt=1,
            decision_no=0,
            status__in=(SubmissionStatus.RECEIVED, SubmissionStatus.PENDING_REVIEW),
        )
        .exclude(uploads=[])
        .order_by("entered_at")
        .values_list("pk", "uploads")
    )
    asked = 0
    batch: dict[str, UUID] = {}
    for submission_id, uploads in waiting.iterator(chunk_size=1000):
        batch.update({upload["key"]: submission_id for upload in uploads})
        if len(batch) >= MOST_A_ROUND:
            asked += _ask(batch, at)
            batch = {}
        if asked >= MOST_A_ROUND:
            return asked
    return asked + _ask(batch, at)


def ask_where_it_counts_unseen(*, at: datetime) -> int:
    """Ask for the photo without which a submission counts already; return how many were asked.

    Otherwise whoever announces a receipt and sends none would be in. The same
    rules as above; what entered longer ago than a day goes to a person instead,
    for a mail would only confuse.
    """
    before = at - IMAGE_PATIENCE
    waiting = Submission.objects.filter(
        photo_check__since__lte=before, decision_no=0, attempt=1, status__in=COUNTS_UNSEEN
    )
    rows = waiting.order_by("photo_check__since").values_list("pk", "uploads")[:MOST_A_ROUND]
    return _ask({upload["key"]: pk for pk, uploads in rows for upload in uploads}, at)


def _ask(announced: dict[str, UUID], at: datetime) -> int:
    asked = 0
    missing = _without_photo(announced)
    try:
        missing &= bring_here(sorted(missing), at=at)
    except ingest.IngestBusy:
        return 0
    missing &= _without_photo(announced)
    for submission in Submission.objects.filter(pk__in=missing, attempt=1, decision_no=0):
        try:
            asked += _ask_for_photo(submission, at)
        except AlreadyDecided:
            continue  # a moderator was quicker
    return asked


@transaction.atomic
def _ask_for_photo(submission: Submission, at: datetime) -> bool:
    """Ask for a photo, or send to review what is too old to be asked; tell whether it was asked."""
    recent = submission.entered_at > at - LOOKS_BACK
    if submission.ingest_status == SubmissionStatus.APPROVED or not recent:
        send_to_review(submission.pk, suspicions=[Suspicion.PHOTO_MISSING], at=at)
    if recent:
        request_resubmission(
            submission.pk,
            reasons=[Reason(code=ReasonCode.IMAGE_NOT_RECEIVED)],
            actor=None,
            at=at,
        )
    return recent


def _without_photo(announced: dict[str, UUID]) -> set[UUID]:
    arrived = set(ReceiptImage.objects.filter(pk__in=announced).values_list("pk", flat=True))
    return {submission for key, submission in announced.items() if key not in arrived}
