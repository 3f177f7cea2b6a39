"""When photos make a submission suspect, though nothing it says does (DESIGN §4)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ingest_lambda.contract import SubmissionStatus, Suspicion

COUNTS_UNSEEN = frozenset({SubmissionStatus.RECEIVED, SubmissionStatus.APPROVED})
"""Where a submission counts, or would, without anybody having looked at it."""


@dataclass(frozen=True)
class File:
    """What two photos are that are one: where in the campaign it was seen first, and its real hash."""

    first_on: UUID
    sha256: str


@dataclass(frozen=True, order=True)
class Holder:
    """A submission that shows a file; of several the one that entered first comes first."""

    entered_at: datetime
    submission_id: UUID
    status: str


def owner_of(holders: Iterable[Holder]) -> UUID | None:
    """Return the submission whose photo a file is: the first that entered, whichever came here first.

    It has done nothing that an honest person would not, and may have been told
    that it counts; whoever else has the file brought it second. What was refused
    holds no receipt: its entrant may try again with the same photo.
    """
    counting = (h for h in holders if h.status != SubmissionStatus.INVALID)
    first = min(counting, default=None)
    return first.submission_id if first else None


@dataclass(frozen=True)
class Photo:
    """What became known of a photo once it came; ``refusal`` is why it gave no picture."""

    file: File
    refusal: str = ""


def image_suspicions(
    uploads: Iterable[Mapping[str, object]],
    photos: Mapping[str, Photo],
    *,
    anothers: Collection[File],
) -> tuple[Suspicion, ...]:
    """Return what is suspect about the photos of a submission, by those that its token announced.

    ``photos`` are by key, and may lack some; ``anothers`` are the files that
    another submission brought first.
    """
    found: list[Suspicion] = []
    for upload in uploads:
        photo = photos.get(str(upload["key"]))
        if photo is None:
            continue
        announced = upload.get("sha256")
        if announced and announced != photo.file.sha256:
            found.append(Suspicion.OTHER_HASH)
        if photo.file in anothers:
            found.append(Suspicion.IMAGE_SEEN_BEFORE)
        if photo.refusal:
            found.append(Suspicion.PHOTO_UNREADABLE)
    return tuple(dict.fromkeys(found))
