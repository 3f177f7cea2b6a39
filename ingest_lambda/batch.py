"""The edge to queues: three shapes of event in, the ids that must come again out."""

import json
import logging
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

from ingest_lambda.adapters.log_context import log_about, name_submission
from ingest_lambda.errors import TryAgain

Record = dict[str, Any]
SECONDS_NEEDED = 2
logger = logging.getLogger(__name__)
logger.addFilter(
    name_submission
)  # here too, since a worker of the site reads queues by this module


class UnknownEvent(ValueError):
    """An event of none of the three shapes that queues hand over: a wiring fault."""


class Unreadable(Exception):
    """A record with an id and no text to read: it comes again, and ends in the dead-letter queue."""


@dataclass(frozen=True)
class Delivery:
    """One message as a queue hands it out."""

    body: str
    sent_timestamp_ms: str
    """When the queue first took it; empty where a caller left it out."""
    receives: int
    """How often it has been handed out, this time included."""


def records_of(event: Any) -> list[Record]:
    """Return the queue records of an event, in any of its three shapes.

    A Pipe hands over a bare array, an event source mapping ``{"Records": […]}``,
    ``POST /internal/submissions`` a single object.

    Raises:
        UnknownEvent: none of the three, or a record without the id by which it
            could be asked for again. Nothing of it has been worked on.
    """
    if isinstance(event, dict) and isinstance(event.get("Records"), list):
        records = event["Records"]
    elif isinstance(event, list):
        records = event
    elif isinstance(event, dict) and "messageId" in event:
        records = [event]
    else:
        raise UnknownEvent("an event of none of the three shapes that the writer takes")
    for record in records:
        if not isinstance(record, dict) or not isinstance(record.get("messageId"), str):
            raise UnknownEvent("an event of none of the three shapes: a record without an id")
    return list(records)


def delivery_of(record: Record) -> Delivery:
    """Read a record.

    Raises:
        Unreadable: it has no text.
    """
    body, attributes = record.get("body"), record.get("attributes")
    if isinstance(body, dict):
        # A Pipe with an input template hands on what it read.
        body = json.dumps(body)
    if not isinstance(body, str):
        raise Unreadable("a record without a body")
    known = attributes if isinstance(attributes, dict) else {}
    return Delivery(
        body=body,
        sent_timestamp_ms=str(known.get("SentTimestamp", "")),
        receives=_receives(record),
    )


def _receives(record: Record) -> int:
    attributes = record.get("attributes")
    known = attributes if isinstance(attributes, dict) else {}
    receives = str(known.get("ApproximateReceiveCount", "1"))
    return int(receives) if receives.isdecimal() else 1


@dataclass(frozen=True)
class Handled:
    """What became of a batch."""

    again: tuple[str, ...]
    """Ids of the records that must be delivered again."""
    outcomes: Counter[str]
    """How often each word came back from the others."""

    @property
    def answer(self) -> dict[str, Any]:
        """The answer that Lambda expects of a consumer (partial batch response)."""
        return {"batchItemFailures": [{"itemIdentifier": each} for each in self.again]}


def handle_batch(
    event: Any,
    handle: Callable[[Delivery], str],
    *,
    threads: int,
    seconds_left: Callable[[], float],
    alone_from: int | None = None,
) -> Handled:
    """Handle every record, overlapping the waits; name those that must be delivered again.

    ``handle`` returns what became of a record, in one word. The words are counted
    in the calling thread: a caller's metrics need not be thread-safe. An exception
    says that the record must be delivered again: :class:`TryAgain` quietly,
    anything else is a bug that is logged with its traceback and may end in the
    dead-letter queue. One record's failure does not affect the others, and of a
    message that is in the batch twice both are handled. No record is begun with
    less than ``SECONDS_NEEDED`` left: a call that is cut off reports nothing of
    what it had finished.

    With ``alone_from``, records that come for that many times may be what ended
    the calls before: the others are handled first, and one of these a call.

    Raises:
        UnknownEvent: see :func:`records_of`.
    """
    records = records_of(event)
    put_off: list[Record] = []
    if alone_from is not None:
        records, put_off = _in_turn(records, alone_from)

    def settle(record: Record) -> str | None:
        log_about(None)
        if seconds_left() < SECONDS_NEEDED:
            return None
        try:
            return handle(delivery_of(record))
        except TryAgain as passing:
            logger.info("again", extra={"why": str(passing)})
        except Exception:
            logger.exception("unforeseen", extra={"message_id": record["messageId"]})
        return None

    words = _settled(records, settle, threads)
    undone = [record for record, word in zip(records, words, strict=True) if word is None]
    again = dict.fromkeys(record["messageId"] for record in (*undone, *put_off))
    return Handled(tuple(again), Counter(word for word in words if word is not None))


def _in_turn(records: list[Record], alone_from: int) -> tuple[list[Record], list[Record]]:
    """Return the records of this call, the least often delivered first, and those that it puts off.

    Another one of the often delivered is taken each time, so that of two the good one is done
    before the bad one has used up the deliveries of both.
    """
    often = [record for record in records if _receives(record) >= alone_from]
    fresh = [record for record in records if _receives(record) < alone_from]
    if not often:
        return fresh, []
    turn = often.pop(_receives(often[0]) % len(often))
    return [*fresh, turn], often


def _settled(
    records: list[Record], settle: Callable[[Record], str | None], threads: int
) -> list[str | None]:
    """Settle all and return the words in order.

    Each thread takes the next record when it is done with one: to hand every
    record over by itself costs a fifth of what it costs to write it.
    """
    if threads == 1:
        return list(map(settle, records))
    words: list[str | None] = [None] * len(records)
    waiting = deque(enumerate(records))

    def work() -> None:
        while True:
            try:
                place, record = waiting.popleft()
            except IndexError:
                return
            words[place] = settle(record)

    for ended in [_pool(threads).submit(work) for _ in range(min(threads, len(records)))]:
        ended.result()
    return words


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Return this process's threads: made once, for starting them costs more than a submission."""
    return ThreadPoolExecutor(max_workers=threads)
