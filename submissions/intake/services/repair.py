"""Repairing the mirror: bring here what the table has of some submissions."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar
from uuid import UUID

from campaignhub import ingest
from ingest_lambda.contract import Record, SubmissionRecord
from submissions.intake.services.mirroring import mirror_records
from submissions.mirror.models import Submission

NOTIFIED = timedelta(days=1)
"""Who entered longer ago than this gets no mail when a gap is closed: it would only confuse.

But for a prize that was won: a winner who is never told never has it.
"""
_READ_AT_ONCE = 100

logger = logging.getLogger(__name__)
T = TypeVar("T")


def bring_here(ids: Sequence[UUID], *, at: datetime) -> set[UUID]:
    """Take in these submissions and all that hangs on them, as the mirror would have done.

    Return those that are here now in the table's version or a newer one, or
    that were deleted from it meanwhile.

    Raises:
        IngestBusy: the table is busy or away; what was taken in stays.
    """
    taken: set[UUID] = set()
    for chunk in chunks(ids, _READ_AT_ONCE):
        read = {pk: items for pk in chunk if (items := _read(pk)) is not None}
        stored = {pk: _submission(records) for pk, records in read.items()}
        for notify in (True, False):
            records = [
                record
                for pk, group in read.items()
                if _is_notified(stored[pk], at) is notify
                for record in group
            ]
            mirror_records(records, at=at, notify=notify, tells_wins=True)
        versions = dict(Submission.objects.filter(pk__in=chunk).values_list("pk", "version"))
        taken |= {
            pk
            for pk, submission in stored.items()
            if submission is None or versions.get(pk, 0) >= submission.version
        }
    return taken


def _read(submission_id: UUID) -> tuple[Record, ...] | None:
    """Read a submission's items; ``None`` where this version of ours cannot: the mirror left it as well."""
    try:
        return ingest.records_of(submission_id)
    except ValueError as exc:
        logger.warning("repair: an item cannot be read (%s), left as a gap", type(exc).__name__)
        return None


def _submission(records: Iterable[Record]) -> SubmissionRecord | None:
    return next((r for r in records if isinstance(r, SubmissionRecord)), None)


def _is_notified(submission: SubmissionRecord | None, at: datetime) -> bool:
    return submission is not None and submission.entered_at > at - NOTIFIED


def chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a stream of things into lists of at most ``size``."""
    iterator = iter(things)
    while chunk := list(islice(iterator, size)):
        yield chunk
