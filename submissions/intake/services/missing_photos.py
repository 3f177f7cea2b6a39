"""Photos that never came, and files that give no picture: their entrants are asked again, without a person."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaignhub import ingest
from ingest_lambda.contract import (
    SUBMIT_SECONDS,
    Reason,
    ReasonCode,
    SubmissionStatus,
    Suspicion,
)
from submissions.intake.services.repair import bring_here
from submissions.mirror.models import ReceiptImage, Submission
from submissions.mirror.rules.photo_checks import COUNTS_UNSEEN
from submissions.receipts.models import SubmittedFile
from submissions.receipts.rules.asked_for import lacks
from submissions.review.services.decisions import (
    AlreadyDecided,
    request_resubmission,
    send_to_review,
)
from submissions.review.services.fraud_checks import photos_of

IMAGE_PATIENCE = timedelta(minutes=35)
"""A form for an upload lives 30 minutes; five more for the queue behind it."""
LOOKS_BACK = timedelta(days=1)
"""Older ones have been swept already or are a moderator's, so a round stays short."""
MOST_BEFORE_SENDING = timedelta(seconds=SUBMIT_SECONDS)
"""A photo is looked at as it is uploaded, so long before its form is sent at most."""
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


def ask_for_readable_images(*, at: datetime) -> int:
    """Ask again where all photos came and a file gives no picture; return how many were asked.

    Its facts are final, so nothing is waited for. As long as another photo may
    still come, :func:`ask_for_missing_images` waits for it and asks once for all.
    """
    # Most of what is refused was replaced on the page before the form was sent.
    submitted = SubmittedFile.objects.filter(key=OuterRef("key"), scope__isnull=False)
    refused = ReceiptImage.objects.exclude(refusal="").filter(
        Exists(submitted), checked_at__gt=at - LOOKS_BACK - MOST_BEFORE_SENDING
    )
    waiting = Submission.objects.filter(
        entered_at__gt=at - LOOKS_BACK,
        attempt=1,
        decision_no=0,
        status__in=(SubmissionStatus.RECEIVED, SubmissionStatus.PENDING_REVIEW),
        pk__in=refused.values("submission_id"),
    ).order_by("entered_at")
    rows = dict(waiting.values_list("pk", "uploads")[:MOST_A_ROUND])
    photos = photos_of(rows)
    return _ask(
        {
            upload["key"]: pk
            for pk, uploads in rows.items()
            if pk in photos and all(upload["key"] in photos[pk] for upload in uploads)
            for upload in uploads
        },
        at,
    )


def ask_where_it_counts_unseen(*, at: datetime) -> int:
    """Ask for the photo without which a submission counts already, or one that gives a picture; return how many were asked.

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
    try:
        known = bring_here(sorted(_lacking(announced)), at=at)
    except ingest.IngestBusy:
        return 0
    lacking = {pk: codes for pk, codes in _lacking(announced).items() if pk in known}
    for submission in Submission.objects.filter(pk__in=lacking, attempt=1, decision_no=0):
        try:
            asked += _ask_for_photo(submission, lacking[submission.pk], at)
        except AlreadyDecided:
            continue  # a moderator was quicker
    return asked


@transaction.atomic
def _ask_for_photo(submission: Submission, codes: Sequence[ReasonCode], at: datetime) -> bool:
    """Ask for a photo, or send to review what is too old to be asked; tell whether it was asked."""
    recent = submission.entered_at > at - LOOKS_BACK
    if submission.ingest_status == SubmissionStatus.APPROVED or not recent:
        is_missing = ReasonCode.IMAGE_NOT_RECEIVED in codes
        is_unreadable = set(codes) != {ReasonCode.IMAGE_NOT_RECEIVED}
        suspicions = [
            *([Suspicion.PHOTO_MISSING] if is_missing else []),
            *([Suspicion.PHOTO_UNREADABLE] if is_unreadable else []),
        ]
        send_to_review(submission.pk, suspicions=suspicions, at=at)
    if recent:
        reasons = [Reason(code=code) for code in codes]
        request_resubmission(submission.pk, reasons=reasons, actor=None, at=at)
    return recent


def _lacking(announced: Mapping[str, UUID]) -> dict[UUID, tuple[ReasonCode, ...]]:
    """Return the submissions of these photos that lack a picture of one, and what they are asked for."""
    refusals = dict(ReceiptImage.objects.filter(pk__in=announced).values_list("pk", "refusal"))
    found: dict[UUID, list[str | None]] = {}
    for key, submission_id in announced.items():
        found.setdefault(submission_id, []).append(refusals.get(key))
    return {pk: codes for pk, of in found.items() if (codes := lacks(of))}
