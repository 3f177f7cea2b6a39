"""When photos make a submission suspect, though nothing it says does (DESIGN §4)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ingest_lambda.contract import LimitScope, Reason, ReasonCode, SubmissionStatus, Suspicion

COUNTS_UNSEEN = frozenset({SubmissionStatus.RECEIVED, SubmissionStatus.APPROVED})
"""Where a submission counts, or would, without anybody having looked at it."""


def is_for_anothers_photo(reasons: Collection[Reason]) -> bool:
    """Tell whether a refusal rests on nothing but the photos that other entries announced.

    Who knows a file's hash can announce it first, and never send the file. (The
    same file twice in one submission is another matter; that reason names its field.)
    """
    return bool(reasons) and all(
        reason.field is None
        and (reason.code is ReasonCode.RECEIPT_USED or is_receipt_limit(reason.limit or ""))
        for reason in reasons
    )


def is_receipt_limit(name: str) -> bool:
    """Tell whether a limit counts receipts, by its name (``campaigns.setup.models.Limit.name``)."""
    return name.startswith(f"{LimitScope.RECEIPT}_")


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
