"""What was refused for a photo of another entry, where no other entry has that photo.

The table guards a receipt under the hash that was announced, because it is all
that is known when an entry is written. Who knows the hash of somebody's file can
announce it first and send another file, or none; then the honest entry is
refused. Here both files are known in the end, and a person looks.
"""

from datetime import datetime
from uuid import UUID

from campaignhub.clock.turns import UNLIMITED, Turn
from ingest_lambda.contract import Manifest, Reason, ReasonCode, Suspicion, WindowKind
from submissions.intake.services.missing_photos import MOST_A_ROUND
from submissions.intake.services.photo_deadlines import IMAGE_PATIENCE
from submissions.mirror.models import PhotoCheck, Submission
from submissions.mirror.rules.photo_checks import is_receipt_limit
from submissions.mirror.services.releases import release_of
from submissions.receipts.services.submitted_files import are_shown_by_others
from submissions.review.rules.fraud_checks import image_suspicions
from submissions.review.services.decisions import AlreadyDecided, look_into_refusal
from submissions.review.services.fraud_checks import photos_of


def look_into_refusals(*, at: datetime, turn: Turn = UNLIMITED) -> int:
    """Send to review what was refused for a photo that no other entry shows; return how many went.

    Not before the other's photo must have come. Where the entry's own photos
    are not what it announced, nothing was taken from it.
    """
    waiting = Submission.objects.filter(
        photo_check__since__lte=at - IMAGE_PATIENCE, status="invalid", decision_no=0
    ).select_related("campaign")
    went = 0
    for submission in waiting.order_by("photo_check__since")[:MOST_A_ROUND]:
        if turn.is_over():
            break
        if _is_wronged(submission):
            try:
                look_into_refusal(submission.pk, suspicions=[Suspicion.RECEIPT_CLAIMED], at=at)
                went += 1
            except AlreadyDecided:
                pass  # staff were quicker
        PhotoCheck.objects.filter(pk=submission.pk).delete()
    overdue = PhotoCheck.objects.filter(since__lte=at - IMAGE_PATIENCE)
    decided = overdue.filter(submission__status="invalid", submission__decision_no__gt=0)
    decided.delete()
    return went


def _is_wronged(submission: Submission) -> bool:
    uploads = submission.uploads
    held = photos_of({submission.pk: uploads}).get(submission.pk, {})
    if len(held) < len(uploads) or image_suspicions(uploads, held, anothers=()):
        return False
    files = {photo.sha256 for photo in held.values()}
    campaign = submission.campaign
    scope: UUID = campaign.test_id if submission.is_test else campaign.pk
    manifest = release_of(submission).manifest
    return not any(
        are_shown_by_others(submission.pk, files, scope=scope, most=_most(reason, manifest))
        for reason in map(Reason.model_validate, submission.reasons)
    )


def _most(reason: Reason, manifest: Manifest) -> int:
    """Return how many other entries with its photo justify a refusal; none, where time gives room again."""
    if reason.code is ReasonCode.RECEIPT_USED:
        return 1
    for limit in manifest.limits:
        if limit.name == reason.limit and limit.window.kind is WindowKind.CAMPAIGN:
            return limit.count if is_receipt_limit(limit.name) else 0
    return 0
