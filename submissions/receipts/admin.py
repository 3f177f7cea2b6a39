"""The pictures of a submission as the desk shows them, joined with their facts in whatever order they came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.files.storage import storages
from django.db.models import QuerySet

from campaignhub.words import in_words
from ingest_lambda.contract import FieldKind, ImageRefusal
from submissions.mirror.models import ReceiptImage, Submission
from submissions.mirror.services.releases import release_of
from submissions.receipts.rules.opening import Photo, opens_on
from submissions.receipts.rules.photo_gaps import PhotoGap
from submissions.receipts.services.photos import facts_of
from submissions.receipts.services.submitted_files import MOST_OTHERS, others_with

REFUSALS: Mapping[str, str] = {
    ImageRefusal.NOT_AN_IMAGE: "This file isn't a photo or PDF, whatever its name says.",
    ImageRefusal.EMPTY: "This file is empty.",
    ImageRefusal.DAMAGED: "This file is damaged and shows no picture.",
    ImageRefusal.TOO_LARGE: "This file is larger than 15 MB.",
    ImageRefusal.TOO_MANY_PIXELS: "This picture has more pixels than we open.",
    ImageRefusal.TOO_MANY_PAGES: "This PDF has more than five pages.",
    ImageRefusal.ENCRYPTED: "This PDF is locked with a password.",
}

REPEATS = "The new photo is the same file as the earlier one."


@dataclass(frozen=True)
class Picture:
    """One picture with links that expire in a few minutes."""

    view: str
    thumbnail: str
    width: int
    height: int


@dataclass(frozen=True)
class Twin:
    """Another submission that holds the same file."""

    submission: Submission
    same_person: bool
    picture: Picture | None


@dataclass
class Shot:
    """One place of the strip: a picture, or the sentence that says why there is none."""

    label: str
    picture: Picture | None = None
    gap: str = ""
    missing: bool = False
    notes: list[str] = field(default_factory=list)
    twin: Twin | None = None
    mark: str = ""
    """``new`` or ``earlier``, where a photo was asked for again and came."""
    repeats: bool = False
    """It is the same file as an earlier one of its entry."""
    is_receipt: bool = False

    @property
    def is_problem(self) -> bool:
        """Whether something about it wants a look; what has still to come does not."""
        return bool(self.notes or self.twin or (self.gap and not self.missing))


def first_of(shots: Sequence[Shot], submission: Submission) -> int:
    """Return the place of the picture on which an entry opens."""
    is_unread = submission.attempt > max(1, submission.decided_attempt)
    return opens_on(
        [
            Photo(
                is_unread=is_unread and shot.mark == "new",
                is_problem=shot.is_problem,
                is_receipt=shot.is_receipt,
                is_awaited=shot.missing,
            )
            for shot in shots
        ]
    )


def shots_of(submission: Submission, *, visible: QuerySet[Submission]) -> list[Shot]:
    """Return the pictures of a submission, the newest attempt's first.

    ``visible`` are the submissions that the viewer may see at all: a twin
    outside them is named, not shown.
    """
    rows = {row.key: row for row in ReceiptImage.objects.filter(submission_id=submission.pk)}
    with_file = others_with(submission.pk)
    others = {key: with_file.get(row.sha256, []) for key, row in rows.items()}
    before = {row.sha256 for row in rows.values() if row.attempt < submission.attempt}
    kinds = {field.name: field.kind for field in release_of(submission).manifest.fields}
    kind, mark = ("New photo", "new") if submission.attempt > 1 else ("Photo", "")
    shots: list[Shot] = []
    for number, upload in enumerate(submission.uploads, start=1):
        name = f"{kind} {number}" if len(submission.uploads) > 1 else kind
        row = rows.pop(upload["key"], None)
        subject = name if len(submission.uploads) > 1 else f"The {kind.lower()}"
        gap = f"{subject} hasn't arrived yet. It appears here automatically."
        found = [Shot(name, gap=gap, missing=True)]
        if row is not None:
            twin = _twin(row, others[row.key], submission, visible)
            announced = upload.get("sha256")
            found = _shots(row, name, twin, others=others[row.key], announced=announced)
            if row.sha256 in before:
                found[0].repeats = True
                found[0].notes.insert(0, REPEATS)
        for shot in found:
            shot.mark, shot.is_receipt = mark, kinds.get(upload["field"]) is FieldKind.RECEIPT_IMAGE
        shots += found
    # What is left was sent with an earlier attempt, or announced and then replaced.
    for row in rows.values():
        if row.attempt < submission.attempt:
            twin = _twin(row, others[row.key], submission, visible)
            found = _shots(row, "Earlier photo", twin, others=others[row.key], announced=None)
            for shot in found:
                shot.mark = "earlier"
            shots += found
    return shots


def _shots(
    row: ReceiptImage,
    name: str,
    twin: Twin | None,
    *,
    others: Sequence[UUID],
    announced: str | None,
) -> list[Shot]:
    if row.refusal:
        return [Shot(name, gap=REFUSALS.get(row.refusal, in_words(row.refusal)))]
    notes = []
    if announced and announced != row.sha256:
        notes.append("This isn't the file that the browser announced.")
    if facts_of(row).gap is PhotoGap.TOO_SMALL:
        notes.append("This picture is too small to be read.")
    if others and twin is None:
        notes.append("The same file was sent with an entry that you can't open.")
    elif len(others) > 1:
        number = f"{len(others)}" if len(others) <= MOST_OTHERS else f"more than {MOST_OTHERS}"
        notes.append(f"The same file was sent with {number} other entries.")
    return [
        Shot(
            f"{name}, page {number}" if len(row.pages) > 1 else name,
            picture=_picture(page),
            notes=notes,
            twin=twin if number == 1 else None,
        )
        for number, page in enumerate(row.pages, start=1)
    ]


def _twin(
    row: ReceiptImage,
    others: Sequence[UUID],
    submission: Submission,
    visible: QuerySet[Submission],
) -> Twin | None:
    """Return the first entry beside this one that shows the same file and that the viewer may see."""
    if not others:
        return None
    rows = visible.select_related("personal", "campaign").filter(pk__in=others)
    other = rows.order_by("entered_at", "pk").first()
    if other is None:
        return None
    image = (
        ReceiptImage.objects.filter(submission_id=other.pk, sha256=row.sha256)
        .exclude(pages=[])
        .first()
    )
    return Twin(
        other,
        same_person=bool(other.person_hash) and other.person_hash == submission.person_hash,
        picture=_picture(image.pages[0]) if image else None,
    )


def _picture(page: dict[str, Any]) -> Picture:
    store = storages["receipts"]
    return Picture(
        store.url(page["view_key"]), store.url(page["thumbnail_key"]), page["width"], page["height"]
    )
