"""The edge to queues: three shapes of event in, the ids that must come again out."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from ingest_lambda.errors import TryAgain

Record = dict[str, Any]
NOT_STARTED = "no time left for this record in this call"


def records_of(event: Any) -> list[Record]:
    """Return the queue records of an event, whoever sends it.

    A Pipe hands over a bare array, an event source mapping ``{"Records": […]}``,
    ``POST /internal/submissions`` a single object.

    Raises:
        ValueError: none of the three; the caller is wired wrongly.
    """
    if isinstance(event, list):
        return event
    if isinstance(event, dict) and isinstance(event.get("Records"), list):
        records: list[Record] = event["Records"]
        return records
    if isinstance(event, dict) and "messageId" in event:
        return [event]
    raise ValueError("an event of none of the three shapes that the writer takes")


def handle_batch(
    event: Any,
    handle: Callable[[str, str], object],
    *,
    threads: int,
    seconds_left: Callable[[], float],
) -> dict[str, Any]:
    """Handle every record, overlapping the waits; name those that must be delivered again.

    ``handle(body, sent_timestamp_ms)`` says by an exception that a record has
    to come again: :class:`TryAgain` quietly, anything else is a bug that is
    logged with its traceback and may end in the dead-letter queue. No new record
    is begun with under two seconds left, because a call that is cut off has
    told nobody what it had finished.
    """
    records = records_of(event)

    def settle(record: Record) -> Exception | None:
        if seconds_left() < 2:
            return TryAgain(NOT_STARTED)
        try:
            handle(record["body"], record["attributes"]["SentTimestamp"])
        except Exception as exc:  # noqa: BLE001 - carried to the processor below, which reports it
            return exc
        return None

    with ThreadPoolExecutor(max_workers=threads) as pool:
        outcomes = dict(zip(_ids(records), pool.map(settle, records), strict=True))

    def report(record: SQSRecord) -> None:
        if (failure := outcomes[record.message_id]) is not None:
            raise failure

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(
        event={"Records": records}, record_handler=report, processor=processor
    )
    return dict(answer)


def _ids(records: Sequence[Record]) -> list[str]:
    return [record["messageId"] for record in records]
