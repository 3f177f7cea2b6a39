"""From a batch of records to rows, mails and fraud checks, whatever order it comes in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, transaction

from ingest_lambda.contract import (
    ImageRecord,
    Record,
    SubmissionRecord,
    UnreadableItem,
    read_stream_record,
)
from submissions.awards.services.queueing import queue_missed_wins, queue_prize_mails
from submissions.intake.services.photo_deadlines import note_deadlines, settle_deadlines
from submissions.mail.services.queueing import queue_received
from submissions.mirror.services.writing import SETTLES_WITHIN, Placed, Written, write_records
from submissions.receipts.services.submitted_files import note_files
from submissions.review.services.fraud_checks import review_suspects

_NOT_TAKEN = (DataError, IntegrityError, ValueError, OverflowError)
"""What a database says to a record that it cannot hold. That it is away or busy is another matter."""


@dataclass
class Mirrored:
    """What became of a batch: how many were taken in, and which could not be (place, why)."""

    taken: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def mirror_stream_records(records: Sequence[Any], *, at: datetime) -> Mirrored:
    """Take in a batch of stream records, in one transaction.

    Any record may come twice, late or out of order: of one submission only the
    newest version stays, images, messages and events are written once. A record
    that cannot be read, whose campaign or release is not known here, or that the database
    does not take, is named in the answer and left to the queue's redrive, so
    that it neither blocks the others nor is lost.
    """
    result = Mirrored()
    batch: list[Placed] = []
    for place, raw in enumerate(records):
        try:
            record = read_stream_record(raw)
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            why = str(exc) if isinstance(exc, UnreadableItem) else type(exc).__name__
            result.refused.append((place, why))
            continue
        if record is None:
            result.taken += 1
        else:
            batch.append((place, record))
    _take_in(batch, result, at, notify=True)
    return result


def mirror_records(
    records: Sequence[Record], *, at: datetime, notify: bool, tells_wins: bool = False
) -> Mirrored:
    """Take in records that were read from the table itself; without ``notify`` no mail is sent.

    But for what somebody has won, where it ``tells_wins``: whoever repairs a gap brings news,
    whoever rebuilds a lost mirror brings what was told long ago.

    Refuses as :func:`mirror_stream_records` does.
    """
    result = Mirrored()
    _take_in(list(enumerate(records)), result, at, notify=notify, tells_wins=tells_wins)
    return result


def _take_in(
    batch: Sequence[Placed],
    result: Mirrored,
    at: datetime,
    *,
    notify: bool,
    tells_wins: bool = False,
) -> None:
    """Write a batch; where one record spoils it, find that one by halving, so that the others go in."""
    if not batch:
        return
    try:
        with transaction.atomic():
            written = _write(batch, at, notify=notify, tells_wins=tells_wins)
    except _NOT_TAKEN as exc:
        if len(batch) == 1:
            result.refused.append((batch[0][0], type(exc).__name__))
            return
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]):
            _take_in(half, result, at, notify=notify, tells_wins=tells_wins)
        return
    result.refused += written.unknown
    result.taken += len(batch) - len(written.unknown)
    # After the commit: of two workers, one with a submission and one with its photo or award, the
    # later sees both. Should we die before, the batch comes again.
    entries = {r.id for _, r in batch if isinstance(r, SubmissionRecord)}
    of_photos = {r.submission_id for _, r in batch if isinstance(r, ImageRecord)}
    review_suspects(entries | of_photos, at=at)
    settle_deadlines(entries | of_photos, at=at)
    queue_missed_wins(written, at=at, notify=notify, tells_wins=tells_wins)


def _write(batch: Sequence[Placed], at: datetime, *, notify: bool, tells_wins: bool) -> Written:
    """Write the rows of a batch; return what it brought."""
    written = write_records(batch, at=at)
    note_files(written.photos, written.shown)
    note_deadlines(written.shown, at=at)
    # Without a mail, that is written down: a later version of the record comes with ``notify``.
    # Who entered this minute still gets it, by the record that is on its way.
    known = written.submissions
    settled = [one for one in known if notify or one.entered_at < at - SETTLES_WITHIN]
    queue_received(settled, written.campaigns, at=at, notify=notify)
    queue_prize_mails(written, at=at, notify=notify, tells_wins=tells_wins)
    return written
