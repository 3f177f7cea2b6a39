"""Submitted files: written half by half, and asked who brought a file first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from ingest_lambda.contract import ImageRecord, SubmissionStatus, owner_of
from submissions.mirror.models import Submission
from submissions.mirror.services.upsert import fill_in
from submissions.mirror.services.writing import Shown
from submissions.receipts.models import SubmittedFile

MOST_OTHERS = 20
"""Of the entries with one file that the desk names."""
_HALVES = ("sha256", "scope", "entered_at", "counts")
_BY_ENTRY = ("entered_at", "submission_id")


def note_files(images: Iterable[ImageRecord], shown: Iterable[Shown]) -> None:
    """Write the halves that a batch of the mirror brings, in one statement and in the order of their keys.

    One statement, so that two batches with halves of the same rows wait for each
    other in one order.
    """
    rows: dict[str, SubmittedFile] = {}
    for one in shown:
        rows.update({row.key: row for row in _halves_of(one)})
    for image in images:
        row = rows.setdefault(image.key, _row(image.key, image.submission_id, image.attempt))
        row.sha256 = image.sha256
    fill_in(list(rows.values()), fields=_HALVES)


def _row(key: str, submission_id: UUID, attempt: int) -> SubmittedFile:
    return SubmittedFile(key=key, submission_id=submission_id, attempt=attempt)


def _halves_of(shown: Shown) -> Iterable[SubmittedFile]:
    record = shown.record
    mine = [(upload.key, record.attempt) for upload in record.uploads]
    before = [(key, found[1]) for key in record.earlier_keys if (found := owner_of(key))]
    for key, attempt in (*before, *mine):
        row = _row(key, record.id, attempt)
        row.scope, row.entered_at = UUID(record.campaign_id), record.entered_at
        row.counts = shown.status != SubmissionStatus.INVALID
        yield row


def let_count(submission: Submission) -> None:
    """Note that a submission which was refused counts after all."""
    SubmittedFile.objects.filter(submission_id=submission.pk, counts=False).update(counts=True)


def adopt_earlier_photos(answered: Iterable[tuple[UUID, int, Sequence[Any]]]) -> None:
    """Give the photos of earlier attempts to submissions that name none of them (id, attempt, uploads).

    A submission that was answered before it began to name them (``earlier_keys``).
    """
    for pk, attempt, uploads in answered:
        mine = SubmittedFile.objects.filter(submission_id=pk)
        if mine.filter(attempt__lt=attempt, scope__isnull=False).exists():
            continue
        half = mine.filter(key=uploads[0]["key"]).values("scope", "entered_at", "counts").first()
        if half:
            mine.filter(attempt__lt=attempt, scope=None).update(**half)


def _submitted(*, counts: bool = True) -> QuerySet[SubmittedFile]:
    """Return the files of entries that count, or of those that were refused: an index each."""
    return SubmittedFile.objects.filter(counts=counts, sha256__isnull=False)


def _with_the_same_file(*, counts: bool = True) -> QuerySet[SubmittedFile]:
    """Return the rows with the file of the row outside; the entry that entered first comes first."""
    same = _submitted(counts=counts).filter(scope=OuterRef("scope"), sha256=OuterRef("sha256"))
    return same.order_by(*_BY_ENTRY)


def brought_by_others(ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """Return, by submission, the files that another entry brought first, whichever came here first.

    Who entered first has done nothing that an honest person would not, and may
    have been told that it counts; whoever else has the file brought it second.
    """
    first = Subquery(_with_the_same_file().values("submission_id")[:1])
    rows = _submitted().filter(submission_id__in=ids).annotate(owner=first)
    found: dict[UUID, set[str]] = {}
    for submission_id, sha256 in rows.exclude(owner=F("submission_id")).values_list(
        "submission_id", "sha256"
    ):
        found.setdefault(submission_id, set()).add(str(sha256))
    return found


def next_holders(ids: Collection[UUID]) -> set[UUID]:
    """Return, for each file of these submissions, the entry that brought it next after them.

    One of these may be new here and have entered before it. Those behind that
    entry have been compared with it already.
    """
    later = Q(entered_at__gt=OuterRef("entered_at")) | Q(
        submission_id__gt=OuterRef("submission_id")
    )
    # The first condition is the one that an index can start from.
    behind = _with_the_same_file().filter(later, entered_at__gte=OuterRef("entered_at"))
    rows = _submitted().filter(submission_id__in=ids)
    found = rows.annotate(next=Subquery(behind.values("submission_id")[:1]))
    return set(found.exclude(next=None).values_list("next", flat=True))


def are_shown_by_others(
    submission_id: UUID, files: Collection[str], *, scope: UUID, most: int
) -> bool:
    """Tell whether ``most`` other entries that count really show one and the same of these files."""
    others = _submitted().filter(scope=scope).exclude(submission_id=submission_id)
    return any(
        len(others.filter(sha256=sha256).order_by(*_BY_ENTRY).values(*_BY_ENTRY).distinct()[:most])
        >= most
        for sha256 in set(files)
    )


def others_with(submission_id: UUID) -> Mapping[str, list[UUID]]:
    """Return the other entries that show a file of this one, by file: some twenty, those that count first."""
    others = [
        _with_the_same_file(counts=counts).exclude(submission_id=submission_id)
        for counts in (True, False)
    ]
    mine = SubmittedFile.objects.filter(submission_id=submission_id, scope__isnull=False)
    shared = mine.filter(Exists(others[0]) | Exists(others[1])).values_list("scope", "sha256")
    return {
        str(sha256): _some_others(submission_id, scope, sha256) for scope, sha256 in set(shared)
    }


def _some_others(submission_id: UUID, scope: UUID | None, sha256: str | None) -> list[UUID]:
    named: list[UUID] = []
    for counts in (True, False):
        rows = _submitted(counts=counts).filter(scope=scope, sha256=sha256)
        some = rows.exclude(submission_id=submission_id).order_by(*_BY_ENTRY)
        named += some.values_list("submission_id", flat=True)[: MOST_OTHERS + 1]
    return list(dict.fromkeys(named))
