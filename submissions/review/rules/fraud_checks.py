"""When photos make a submission suspect, though nothing it says does (DESIGN §4)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ingest_lambda.contract import Suspicion


@dataclass(frozen=True)
class Photo:
    """What became known of a photo once it came; ``refusal`` is why it gave no picture."""

    sha256: str
    refusal: str = ""


def image_suspicions(
    uploads: Iterable[Mapping[str, object]],
    photos: Mapping[str, Photo],
    *,
    anothers: Collection[str],
) -> tuple[Suspicion, ...]:
    """Return what is suspect about the photos of a submission, by those that its token announced.

    ``photos`` are by key, and may lack some; ``anothers`` are the files, by their
    real hash, that another submission brought first.
    """
    found: list[Suspicion] = []
    for upload in uploads:
        photo = photos.get(str(upload["key"]))
        if photo is None:
            continue
        announced = upload.get("sha256")
        if announced and announced != photo.sha256:
            found.append(Suspicion.OTHER_HASH)
        if photo.sha256 in anothers:
            found.append(Suspicion.IMAGE_SEEN_BEFORE)
        if photo.refusal:
            found.append(Suspicion.PHOTO_UNREADABLE)
    return tuple(dict.fromkeys(found))
