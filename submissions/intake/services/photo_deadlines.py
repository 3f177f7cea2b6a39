"""Until when photos may come: noted as entries are written, settled as photos come, read when due."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ingest_lambda.contract import SubmissionStatus
from submissions.intake.models import PhotoDeadline
from submissions.mirror.models import ReceiptImage
from submissions.mirror.services.upsert import insert_missing
from submissions.mirror.services.writing import Shown

IMAGE_PATIENCE = timedelta(minutes=35)
"""A form for an upload lives 30 minutes; five more for the queue behind it."""
UNDECIDED = (SubmissionStatus.RECEIVED, SubmissionStatus.PENDING_REVIEW)
Uploads = Mapping[UUID, Sequence[Any]]


def note_deadlines(shown: Iterable[Shown], *, at: datetime) -> None:
    """Note until when the photos of first attempts may come, in the transaction that writes these.

    Time counts from the entry and from when we heard of it, so that a backlog is not
    taken for a lost photo. Most photos come before their form is sent: an entry
    whose photos are all here and give a picture gets no row.
    """
    waiting = {
        one.record.id: one.record
        for one in shown
        if one.record.attempt == 1 and one.record.uploads and one.status in UNDECIDED
    }
    refusals = _refusals(upload.key for record in waiting.values() for upload in record.uploads)
    rows = []
    for pk, record in waiting.items():
        found = [refusals.get(upload.key) for upload in record.uploads]
        if not _is_complete(found):
            due_at = at if _is_final(found) else max(record.entered_at, at) + IMAGE_PATIENCE
            rows.append(PhotoDeadline(submission_id=pk, due_at=due_at))
    insert_missing(rows, unique=("submission",))


def settle_deadlines(ids: Collection[UUID], *, at: datetime) -> None:
    """Forget the deadlines of those whose photos are all here; those of which one gives no picture are due.

    After the commit, so that of two workers, one with an entry and one with its
    photo, the later sees both. What a crash leaves undone is found when it is due.
    """
    waiting = PhotoDeadline.objects.filter(pk__in=ids)
    uploads: dict[UUID, list[Any]] = dict(waiting.values_list("pk", "submission__uploads"))
    if not uploads:
        return
    complete, final = split(uploads)
    if complete:
        PhotoDeadline.objects.filter(pk__in=complete).delete()
    if final:
        PhotoDeadline.objects.filter(pk__in=final, due_at__gt=at).update(due_at=at)


def split(uploads: Uploads) -> tuple[set[UUID], set[UUID]]:
    """Return whose photos are all here and give pictures, and whose are all here and one gives none."""
    refusals = _refusals(upload["key"] for of in uploads.values() for upload in of)
    complete, final = set(), set()
    for pk, of in uploads.items():
        found = [refusals.get(upload["key"]) for upload in of]
        if _is_complete(found):
            complete.add(pk)
        elif _is_final(found):
            final.add(pk)
    return complete, final


def _refusals(keys: Iterable[str]) -> dict[str, str]:
    named = set(keys)
    if not named:
        return {}
    return dict(ReceiptImage.objects.filter(pk__in=named).values_list("pk", "refusal"))


def _is_complete(refusals: Iterable[str | None]) -> bool:
    """Tell whether all photos are here and give a picture."""
    return all(refusal == "" for refusal in refusals)


def _is_final(refusals: Iterable[str | None]) -> bool:
    """Tell whether all photos are here, so that nothing is waited for."""
    return None not in refusals
