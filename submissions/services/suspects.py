"""Suspects by their photos: what counted unseen goes to review, whichever of the two came first."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from submissions.models import ReceiptImage, Submission
from submissions.rules.suspects import COUNTS_UNSEEN, Photo, image_suspicions
from submissions.services.decisions import AlreadyDecided, send_to_review


def review_suspects(
    *, submissions: Collection[UUID], images_of: Collection[UUID], at: datetime
) -> int:
    """Send to review what nobody has looked at and whose photos are suspect; return how many went.

    The functions cannot: one writes the submission, the other the facts about
    its photos, and neither waits for the other. Here both arrive, so each batch
    of the mirror asks for the ``submissions`` it brought and those it brought
    ``images_of``; a submission may also be the one that another's photo was seen
    on before. Once a person, or this, has decided, the facts are only shown.
    """
    twins = ReceiptImage.objects.filter(seen_on__in=submissions).values_list(
        "submission_id", flat=True
    )
    asked = {*submissions, *images_of, *twins}
    unseen = {
        row["pk"]: row["uploads"]
        for row in Submission.objects.filter(
            Q(pk__in=asked), decision_no=0, status__in=COUNTS_UNSEEN
        )
        .exclude(uploads=[])
        .values("pk", "uploads")
    }
    if not unseen:
        return 0
    photos: dict[UUID, dict[str, Photo]] = {}
    for image in ReceiptImage.objects.filter(submission_id__in=unseen):
        held = photos.setdefault(image.submission_id, {})
        held[image.key] = Photo(image.sha256, image.seen_on)
    others = {photo.seen_on for held in photos.values() for photo in held.values() if photo.seen_on}
    sent = set(Submission.objects.filter(pk__in=others).values_list("pk", flat=True))
    went = 0
    # In the order of their keys, as the mirror locks them: two workers never wait in a circle.
    for submission_id in sorted(photos):
        suspicions = image_suspicions(unseen[submission_id], photos[submission_id], sent=sent)
        if not suspicions:
            continue
        try:
            send_to_review(submission_id, suspicions=suspicions, at=at)
        except AlreadyDecided:
            continue  # a person was quicker
        went += 1
    return went
