"""The repair of a table that is behind this site: what it lacks is put back from here.

For a table that was restored from a backup. Everything that is here is held against
the table, a hundred items a call, and what is missing there or older is written;
never an older version over a newer. It can be broken off and goes on from its
position; twice changes nothing. The releases must be there first
(``manage.py republish``), and the sweep and the ledger of ``reconcile`` say
afterwards that both sides agree.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from campaignhub import ingest
from campaignhub.ingest import ItemLine
from submissions.mirror.models import (
    Award,
    EntrantMessage,
    ReceiptImage,
    Submission,
    SubmissionAnswers,
    SubmissionEvent,
)
from submissions.mirror.services import records
from submissions.receipts.models import SubmittedFile

_AT_ONCE = 100
_NAMED = 20
_PARTS = ("entry", "photo", "message", "award")


@dataclass
class TableRepair:
    """How far a repair is, in values that JSON takes."""

    position: str = ""
    """Where it goes on; ``over`` at the end."""
    looked_at: int = 0
    restored: int = 0
    failed: list[str] = field(default_factory=list)
    """Entries that could not be put back, the first of them: their release is not in the table."""

    @property
    def is_over(self) -> bool:
        """Whether everything was held against the table."""
        return self.position == "over"


def go_on(repair: TableRepair, *, enough: Callable[[], bool]) -> None:
    """Go on with a repair until it is over or ``enough`` says so.

    Raises:
        IngestBusy: the table is busy or away; go on from the same position.
    """
    while not repair.is_over:
        part, after = json.loads(repair.position) if repair.position else (_PARTS[0], None)
        rows = list(_after(part, after)[:_AT_ONCE])
        if rows:
            _restore(part, rows, repair)
            repair.looked_at += len(rows)
            repair.position = json.dumps([part, str(rows[-1].pk)])
        elif part == _PARTS[-1]:
            repair.position = "over"
        else:
            repair.position = json.dumps([_PARTS[_PARTS.index(part) + 1], None])
        if enough():
            return


def mend_submission(submission: Submission) -> tuple[str, ...]:
    """Replace what can't be read of an entry's item in the table, as after an edit by hand; return what that was.

    Raises:
        IngestBusy: the table is busy or away, or has another version than this site.
    """
    (record,) = _submissions([submission])
    return ingest.mend_submission(record)


def _after(part: str, after: str | None) -> QuerySet[Any]:
    rows: dict[str, QuerySet[Any]] = {
        "entry": Submission.objects.select_related("campaign"),
        "photo": ReceiptImage.objects.all(),
        "message": EntrantMessage.objects.all(),
        "award": Award.objects.all(),
    }
    found = rows[part].order_by("pk")
    return found if after is None else found.filter(pk__gt=after)


def _restore(part: str, rows: Sequence[Any], repair: TableRepair) -> None:
    lines = {_line(part, row): row for row in rows}
    behind = [lines[line] for line in ingest.absent_items(list(lines))]
    if part == "entry":
        for record in _submissions(behind):
            _restore_submission(record, repair)
        return
    slugs = _slugs({row.submission_id for row in behind})
    make: dict[str, Callable[..., Any]] = {
        "photo": records.image_record,
        "message": records.message_record,
        "award": records.award_record,
    }
    for row in behind:
        record = make[part](row, slug=slugs.get(row.submission_id))
        repair.restored += ingest.restore_item(record)


def _restore_submission(record: Any, repair: TableRepair) -> None:
    if ingest.read_release(record.slug, record.release) is None:
        if len(repair.failed) < _NAMED:
            repair.failed.append(str(record.id))
        return
    repair.restored += ingest.restore_submission(record)


def _line(part: str, row: Any) -> ItemLine:
    if part == "entry":
        return ItemLine(row.pk, "SUBMISSION", version=row.version)
    if part == "photo":
        return ItemLine(row.submission_id, "IMAGE", row.key)
    if part == "message":
        return ItemLine(row.submission_id, "MESSAGE", str(row.message_id))
    return ItemLine(row.submission_id, "AWARD", row.prize, version=row.version)


def _submissions(rows: Sequence[Submission]) -> Iterator[Any]:
    ids = [row.pk for row in rows]
    answers = SubmissionAnswers.objects.in_bulk(ids)
    earlier: dict[UUID, list[tuple[int, str]]] = {}
    files = SubmittedFile.objects.filter(submission_id__in=ids, scope__isnull=False)
    for pk, attempt, key in files.values_list("submission_id", "attempt", "key"):
        earlier.setdefault(pk, []).append((attempt, key))
    hashes: dict[UUID, list[str]] = {}
    conflicts = SubmissionEvent.objects.filter(submission_id__in=ids, kind="conflict")
    for pk, line in conflicts.values_list("submission_id", "dedupe"):
        hashes.setdefault(pk, []).append(line.partition(":")[2])
    for row in rows:
        yield records.submission_record(
            row,
            answers.get(row.pk),
            earlier_keys=[
                key for attempt, key in sorted(earlier.get(row.pk, ())) if attempt < row.attempt
            ],
            conflict_hashes=sorted(hashes.get(row.pk, ())),
        )


def _slugs(ids: set[UUID]) -> dict[UUID, str]:
    rows = (
        Submission.objects.filter(pk__in=ids)
        .select_related("campaign")
        .only("is_test", "campaign__slug", "campaign__test_slug")
    )
    return {row.pk: row.campaign.test_slug if row.is_test else row.campaign.slug for row in rows}
