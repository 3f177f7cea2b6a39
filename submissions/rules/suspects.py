"""When photos make a submission suspect, though nothing it says does (DESIGN §4)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from ingest_lambda.contract import SubmissionStatus, Suspicion

COUNTS_UNSEEN = frozenset({SubmissionStatus.RECEIVED, SubmissionStatus.APPROVED})
"""Where a submission counts, or would, without anybody having looked at it."""


@dataclass(frozen=True)
class Photo:
    """What is known of one file, once it has been opened."""

    sha256: str
    seen_on: UUID | None
    """The submission whose photo this was first."""


def image_suspicions(
    uploads: Iterable[Mapping[str, object]],
    photos: Mapping[str, Photo],
    *,
    sent: Collection[UUID],
) -> tuple[Suspicion, ...]:
    """Return what is suspect about the photos of a submission, by the files that its token announced.

    ``photos`` are by key, and may lack some; ``sent`` are the submissions that
    there are. A photo of a form that was begun and never sent is nobody's twin.
    Of two that share a photo the one that brought it second is suspect: a guard
    says which, and whoever sent it first has done nothing that an honest person
    would not.
    """
    found: list[Suspicion] = []
    for upload in uploads:
        photo = photos.get(str(upload["key"]))
        if photo is None:
            continue
        announced = upload.get("sha256")
        if announced and announced != photo.sha256:
            found.append(Suspicion.OTHER_HASH)
        if photo.seen_on is not None and photo.seen_on in sent:
            found.append(Suspicion.IMAGE_SEEN_BEFORE)
    return tuple(dict.fromkeys(found))
