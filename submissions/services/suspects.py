"""Suspects by their photos: what counted unseen goes to review, whichever of the two came first."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from submissions.models import PhotoCheck, ReceiptImage, Submission
from submissions.rules.suspects import (
    COUNTS_UNSEEN,
    File,
    Holder,
    Photo,
    image_suspicions,
    owner_of,
)
from submissions.services.decisions import AlreadyDecided, send_to_review

PATIENCE = timedelta(minutes=1)
"""For the mirror, which looks by itself as soon as a photo or its submission comes."""
MOST_A_ROUND = 5000
MOST_ALIKE = 200
"""Of the photos that are one file: whoever sends it a thousand times makes no batch slow."""
_AT_ONCE = 500

_Row = Mapping[str, Any]


def review_suspects(asked: Collection[UUID], *, at: datetime) -> int:
    """Send to review what nobody has looked at and whose photos are suspect; return how many went.

    The functions cannot: one writes the submission, the other the facts about
    its photos, and neither waits for the other. Here both arrive, so each batch
    of the mirror asks for the submissions that it brought anything of. Those that
    show the same file are asked for with them: the one that is new here may have
    entered first. Once a person, or this, has decided, the facts are only shown.
    """
    unseen: dict[UUID, Any] = dict(
        Submission.objects.filter(
            pk__in={*asked, *_with_the_same_file(asked)}, decision_no=0, status__in=COUNTS_UNSEEN
        )
        .exclude(uploads=[])
        .values_list("pk", "uploads")
    )
    if not unseen:
        return 0
    photos = _photos_of(unseen)
    announced = {photo.file for held in photos.values() for photo in held.values()}
    owners = {file: owner_of(who) for file, who in holders_of(shared(announced)).items()}
    went, settled = 0, []
    # In the order of their keys, as the mirror locks them: two workers never wait in a circle.
    for submission_id in sorted(unseen):
        uploads, held = unseen[submission_id], photos.get(submission_id, {})
        anothers = {file for file, owner in owners.items() if owner not in (None, submission_id)}
        if suspicions := image_suspicions(uploads, held, anothers=anothers):
            try:
                send_to_review(submission_id, suspicions=suspicions, at=at)
                went += 1
            except AlreadyDecided:
                pass  # a person was quicker
        elif len(held) < len({upload["key"] for upload in uploads}):
            continue  # a photo is still on its way
        settled.append(submission_id)
    PhotoCheck.objects.filter(pk__in=settled).delete()
    return went


def look_again(*, at: datetime) -> int:
    """Look again at what waits for its photos, should the mirror have died before it looked.

    Return how many went to review. What a person has decided on meanwhile waits
    no longer.
    """
    late = PhotoCheck.objects.filter(since__lte=at - PATIENCE).order_by("since")
    waiting = list(late.values_list("pk", flat=True)[:MOST_A_ROUND])
    went = 0
    for begin in range(0, len(waiting), _AT_ONCE):
        chunk = waiting[begin : begin + _AT_ONCE]
        went += review_suspects(chunk, at=at)
        still = Q(submission__decision_no=0, submission__status__in=COUNTS_UNSEEN)
        PhotoCheck.objects.filter(~still, pk__in=chunk).delete()
    return went


def holders_of(files: Collection[File]) -> dict[File, list[Holder]]:
    """Return the submissions that show each file, the first that entered first.

    A photo of a form that was begun and never sent is nobody's, and neither is
    one that was replaced before the form was sent; yet two entries may have it
    in common. Of a file that thousands send the first that were opened will do.
    """
    images = {file: _images_of(file) for file in files}
    ids = {image["submission_id"] for several in images.values() for image in several}
    entries = {
        row["pk"]: row
        for row in Submission.objects.filter(pk__in=ids).values(
            "pk", "entered_at", "status", "attempt", "uploads"
        )
    }
    return {
        file: sorted(
            {
                Holder(entry["entered_at"], entry["pk"], entry["status"])
                for image in several
                if (entry := entries.get(image["submission_id"])) and _belongs(image, entry)
            }
        )
        for file, several in images.items()
    }


def shared(files: Collection[File]) -> set[File]:
    """Return those of the files that more than one form has brought."""
    own = [file.first_on for file in files]
    twins = ReceiptImage.objects.filter(seen_on__in=own).values_list("seen_on", "sha256")
    several = set(twins.order_by().distinct())
    return {file for file in files if (file.first_on, file.sha256) in several}


def _images_of(file: File) -> list[_Row]:
    alike = Q(submission_id=file.first_on) | Q(seen_on=file.first_on)
    rows = ReceiptImage.objects.filter(alike, sha256=file.sha256).order_by("checked_at", "key")
    return list(rows.values("key", "submission_id", "attempt")[:MOST_ALIKE])


def _belongs(image: _Row, entry: _Row) -> bool:
    return image["attempt"] < entry["attempt"] or any(
        upload["key"] == image["key"] for upload in entry["uploads"]
    )


def _with_the_same_file(asked: Collection[UUID]) -> set[UUID]:
    """Return the submissions that may show a file which one of these shows as well."""
    twins = ReceiptImage.objects.filter(seen_on__isnull=False)
    firsts = twins.filter(Q(submission_id__in=asked) | Q(seen_on__in=asked)).values_list(
        "seen_on", flat=True
    )
    alike = {first_on for first_on in firsts.order_by().distinct() if first_on}
    for first_on in list(alike):
        newest = twins.filter(seen_on=first_on).order_by("-checked_at")
        alike |= set(newest.values_list("submission_id", flat=True)[:MOST_ALIKE])
    return alike


def _photos_of(unseen: Mapping[UUID, Any]) -> dict[UUID, dict[str, Photo]]:
    """Return the photos that were announced and have come, by submission and key."""
    announced = {upload["key"] for uploads in unseen.values() for upload in uploads}
    photos: dict[UUID, dict[str, Photo]] = {}
    images = ReceiptImage.objects.filter(submission_id__in=unseen)
    for image in images.values("key", "submission_id", "sha256", "seen_on", "refusal"):
        if image["key"] in announced:
            file = File(image["seen_on"] or image["submission_id"], image["sha256"])
            held = photos.setdefault(image["submission_id"], {})
            held[image["key"]] = Photo(file, image["refusal"])
    return photos
