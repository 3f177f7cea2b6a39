"""Submissions as the table holds them: read, decided, put back, deleted, and written by the worker."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from campaignhub.aws import sqs
from campaignhub.env import env
from campaignhub.ingest import clients
from ingest_lambda import batch
from ingest_lambda.adapters import quarantine, releases, table
from ingest_lambda.contract import (
    AwardRecord,
    Decision,
    ImageRecord,
    MessageRecord,
    Record,
    SubmissionRecord,
)
from ingest_lambda.functions import decide, freeing, restore, write


def read_submission(submission_id: UUID) -> SubmissionRecord | None:
    """Read a submission as the table holds it now."""
    return clients.submissions_table().submissions.get(submission_id)


def submissions_of_hour(campaign_id: str, hour: datetime) -> Iterator[table.LedgerLine]:
    """Yield every submission of a campaign (or test id) that entered in a UTC hour.

    Raises:
        IngestBusy: the table is busy or away.
    """
    return clients.submissions_table().ledger.submissions_of_hour(campaign_id, hour)


def records_of(submission_id: UUID) -> tuple[Record, ...]:
    """Read all that the mirror takes of one submission, to repair it."""
    return clients.submissions_table().ledger.records_of(submission_id)


def all_records(*, segment: int = 0, segments: int = 1) -> Iterator[Record]:
    """Yield everything that the mirror takes, of every campaign, for an empty mirror.

    Raises:
        IngestBusy: the table is busy or away; begin again, as reading twice changes nothing.
    """
    return clients.submissions_table().ledger.all_records(segment=segment, segments=segments)


def records_after(position: str = "", *, most: int = 200) -> tuple[list[Record], str]:
    """Read all that the mirror takes on from a position in the whole table; see ``LedgerItems.records_after``.

    Raises:
        IngestBusy: the table is busy or away; go on from the same position.
    """
    return clients.submissions_table().ledger.records_after(position, most=most)


def items_after(position: str = "", *, most: int = 1000) -> tuple[list[table.ItemLine], str]:
    """Read names and versions on from a position in the whole table; see ``LedgerItems.items_after``.

    Raises:
        IngestBusy: the table is busy or away; go on from the same position.
    """
    return clients.submissions_table().ledger.items_after(position, most=most)


def absent_items(lines: Collection[table.ItemLine]) -> list[table.ItemLine]:
    """Return which of ``lines`` the table does not have, or in an older version.

    Raises:
        IngestBusy: the table is busy or away.
    """
    return clients.submissions_table().ledger.absent_items(lines)


def restore_submission(record: SubmissionRecord) -> bool:
    """Put a submission back where the table has none or an older version; tell whether it did.

    Raises:
        IngestBusy: the table is busy or away, or it lacks the release.
    """
    return restore.restore_submission(record, table=clients.submissions_table())


def mend_submission(record: SubmissionRecord) -> tuple[str, ...]:
    """Replace what can't be read of a submission in the table by what is here; return the attributes' names.

    Raises:
        IngestBusy: the table is busy or away, or has another version.
    """
    return restore.mend_submission(record, table=clients.submissions_table())


def restore_item(record: ImageRecord | MessageRecord | AwardRecord) -> bool:
    """Put what hangs on a submission back where the table has none; tell whether it did.

    Raises:
        IngestBusy: the table is busy or away.
    """
    return restore.restore_item(record, table=clients.submissions_table())


def forget_photo(photo: table.UnsentPhoto) -> bool:
    """Delete the facts of a photo that no submission names, unless one does by now; tell whether they went.

    Raises:
        IngestBusy: the table is busy or away.
    """
    return clients.submissions_table().photos.forget(photo)


def delete_submission(submission_id: UUID, *, gives_back: bool = False) -> int:
    """Delete all items of a submission; return how many.

    ``gives_back`` is for test data: limits become free, and what it won goes back into the stock.

    Raises:
        IngestBusy: the table is busy, or another write came at the same moment.
    """
    if gives_back:
        freeing.free_awards(
            submission_id, table=clients.submissions_table(), stock=clients.stock_table()
        )
    return clients.submissions_table().ledger.delete_submission(
        submission_id, gives_back=gives_back
    )


def apply_decision(decision: Decision) -> bool:
    """Carry a decision to the table; ``False`` where a later or equal one was there already.

    Raises:
        IngestBusy: try again later.
        SubmissionMissing: the table does not hold it.
    """
    return decide.apply_decision(decision, table=clients.submissions_table(), giver=clients.giver())


@cache
def _writer() -> write.Writer:
    return write.Writer(
        table=clients.submissions_table(),
        giver=clients.giver(),
        releases=releases.Releases(clients.submissions_table()),
        quarantine=quarantine.QuarantineQueue(sqs, env().quarantine_queue_url),
        token_keys=env().token_keys,
        person_secret=env().person_secret,
    )


def write_records(records: list[dict[str, Any]]) -> list[str]:
    """Write records of the submissions queue (Lambda's spelling of them); return the ids to deliver again."""
    writer = _writer()  # before any message is touched: a malformed secret judges none
    handled = batch.handle_batch(
        records,
        lambda delivery: writer.accept(
            delivery.body,
            sent_timestamp_ms=delivery.sent_timestamp_ms,
            receives=delivery.receives,
        ),
        threads=4,
        seconds_left=lambda: 60.0,
    )
    return list(handled.again)
