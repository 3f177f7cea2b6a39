"""Suspects by their photos: what would count unseen counts once these have proved what was announced."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from campaignhub.clock.turns import UNLIMITED, Turn
from ingest_lambda.contract import SubmissionStatus, Suspicion
from submissions.mirror.models import PhotoCheck, ReceiptImage, Submission
from submissions.mirror.rules.photo_checks import COUNTS_UNSEEN
from submissions.receipts.services.submitted_files import (
    adopt_earlier_photos,
    brought_by_others,
    next_holders,
)
from submissions.review.rules.fraud_checks import Photo, image_suspicions
from submissions.review.services.decisions import AlreadyDecided, send_to_review

PATIENCE = timedelta(minutes=1)
"""For the mirror, which looks by itself as soon as a photo or its submission comes."""
LOOKED_AT_AGAIN = timedelta(minutes=10)
"""Two rounds of the clock."""
OVERDUE = timedelta(minutes=35)
"""By then its photos have come, or are asked for (``intake.services.photo_deadlines``)."""
MOST_A_ROUND = 5000
_AT_ONCE = 500


def review_suspects(asked: Collection[UUID], *, at: datetime) -> int:
    """Send to review what nobody has looked at and whose photos are suspect; return how many went.

    The functions cannot: one writes the submission, the other the facts about
    its photos, and neither waits for the other. Here both arrive, so each batch
    of the mirror asks for the submissions that it brought anything of, and for
    those that showed one of their files next: the one that is new here may have
    entered first. Whose photos are all here and as announced counts from now on.
    Once a person, or this, has decided, the facts are only shown.
    """
    with_photos = Submission.objects.exclude(uploads=[])
    mine = list(
        with_photos.filter(pk__in=asked).values_list(
            "pk", "attempt", "uploads", "decision_no", "status"
        )
    )
    adopt_earlier_photos(
        (pk, attempt, uploads) for pk, attempt, uploads, _, _ in mine if attempt > 1
    )
    unseen: dict[UUID, Any] = {
        pk: uploads
        for pk, _, uploads, decision_no, status in mine
        if not decision_no and status in COUNTS_UNSEEN
    }
    if others := next_holders(asked) - set(asked):
        unseen |= with_photos.filter(
            pk__in=others, decision_no=0, status__in=COUNTS_UNSEEN
        ).values_list("pk", "uploads")
    if not unseen:
        return 0
    photos, anothers = photos_of(unseen), brought_by_others(unseen)
    went, proved = 0, []
    # In the order of their keys, as the mirror locks them: two workers never wait in a circle.
    for submission_id in sorted(unseen):
        uploads, held = unseen[submission_id], photos.get(submission_id, {})
        suspicions = image_suspicions(uploads, held, anothers=anothers.get(submission_id, ()))
        if suspicions == (Suspicion.PHOTO_UNREADABLE,):
            continue  # no suspicion: its entrant is asked for another (``intake.services.missing_photos``)
        if suspicions:
            try:
                send_to_review(submission_id, suspicions=suspicions, at=at)
                went += 1
            except AlreadyDecided:
                pass  # a person was quicker
            PhotoCheck.objects.filter(pk=submission_id).delete()
        elif len(held) == len({upload["key"] for upload in uploads}):
            proved.append(submission_id)
    _let_count(proved)
    return went


@transaction.atomic
def _let_count(proved: Collection[UUID]) -> None:
    """Show as approved what the campaign approves by itself, now that its photos are as announced."""
    Submission.objects.filter(
        pk__in=proved,
        decision_no=0,
        status=SubmissionStatus.RECEIVED,
        ingest_status=SubmissionStatus.APPROVED,
    ).update(status=SubmissionStatus.APPROVED)
    PhotoCheck.objects.filter(pk__in=proved).delete()


def recheck(*, at: datetime, turn: Turn = UNLIMITED) -> int:
    """Look again at what waits for its photos, should the mirror have died before it looked.

    Once or twice while it is young, and again when no photo can come any more: in
    between the mirror looks as each photo comes, and to look at all that wait in
    every round would cost more the more there are. Return how many went to review.
    What a person has decided on meanwhile waits no longer.
    """
    late = PhotoCheck.objects.exclude(submission__status=SubmissionStatus.INVALID).order_by("since")
    young = late.filter(since__lte=at - PATIENCE, since__gt=at - PATIENCE - LOOKED_AT_AGAIN)
    waiting = list(late.filter(since__lte=at - OVERDUE).values_list("pk", flat=True)[:_AT_ONCE])
    waiting += young.values_list("pk", flat=True)[:MOST_A_ROUND]
    went = 0
    for begin in range(0, len(waiting), _AT_ONCE):
        if turn.is_over():
            break
        chunk = waiting[begin : begin + _AT_ONCE]
        went += review_suspects(chunk, at=at)
        still = Q(submission__decision_no=0, submission__status__in=COUNTS_UNSEEN)
        PhotoCheck.objects.filter(~still, pk__in=chunk).delete()
    return went


def photos_of(announced: Mapping[UUID, Any]) -> dict[UUID, dict[str, Photo]]:
    """Return the photos that were announced and have come, by submission and key."""
    keys = {upload["key"] for uploads in announced.values() for upload in uploads}
    photos: dict[UUID, dict[str, Photo]] = {}
    images = ReceiptImage.objects.filter(submission_id__in=announced)
    for image in images.values("key", "submission_id", "sha256", "refusal"):
        if image["key"] in keys:
            held = photos.setdefault(image["submission_id"], {})
            held[image["key"]] = Photo(image["sha256"], image["refusal"])
    return photos
