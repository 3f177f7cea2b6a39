"""Drains of the queues of plain JSON, in a process of their own (``manage.py drain``) and never through Celery.

Given to Celery as one of its own, such a queue would lose what a worker cannot
read: it deletes it.
"""

import json
import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, connections
from django.utils import timezone

from campaignhub.clock.breaker import FAILURES
from campaignhub.clock.status import RoundStatus, error_name
from campaignhub.env import env
from campaignhub.ingest import write_records
from campaigns.accounts.tenancy import unscoped
from ingest_lambda.contract import stream_key
from submissions.intake.batches import Batches, Message
from submissions.intake.services.heartbeats import beat, end_beat
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.intake.services.queue_faults import fault_of
from submissions.mail.rules.notices import NoNotice
from submissions.mail.services.outcomes import note_message

logger = logging.getLogger(__name__)
POLL_SECONDS = 5
"""The long poll. Not the 20 that SQS allows: a stop has to wait for it."""
BEAT_SECONDS = 10
REFUSAL_SHOWN_SECONDS = 180
"""A message that is refused comes again every minute until it is a dead letter: it is shown all that time."""
STOP_SECONDS = 15


class QueueDrain(threading.Thread, ABC):
    """Takes batches from one queue until it is told to stop, and deletes what was settled.

    What was not stays invisible until the queue's own time-out and comes again;
    its redrive policy ends that. A drain that dies in between has deleted
    nothing that was not settled, so everything it does has to bear a second time.
    """

    label = ""
    batch_size = 100

    def __init__(self, url: str, *, number: int = 1) -> None:
        super().__init__(name=f"{self.label}-{number}", daemon=True)
        self._number = number
        self._stopping = threading.Event()
        self._batches = Batches(url, size=self.batch_size, stopping=self._stopping)
        self._handled = 0
        self._next_beat = 0.0
        self._refusal = ""
        self._refusal_ends = 0.0

    @abstractmethod
    def settle(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Do what has to be done with a batch; return those that need not come again."""

    def note_refusal(self, message: Message, what: str) -> None:
        """Log a message that is left to the redrive and show it with this drain's signs of life.

        ``what`` names it and the error in our own words, never in those of the message.
        """
        told = f"refused at receive {_receives(message)}: {what}"
        logger.warning("%s: a message was %s, left to the redrive", self.label, told)
        self._refusal = f"A message was {told}"
        self._refusal_ends = time.monotonic() + REFUSAL_SHOWN_SECONDS
        self._next_beat = 0.0

    def stop(self) -> None:
        """Finish the batch at hand and end."""
        self._stopping.set()

    def run(self) -> None:
        """Drain until told to stop. After a failure it waits a second, after three in a row its breaker opens.

        A queue that is not there, or may not be read, stays so until the settings are mended:
        that is an error in the log each time, and says so on the page of operations.
        """
        status = RoundStatus(f"drain.{self.name}")
        while not self._stopping.is_set():
            if not status.admits():
                self._stopping.wait(0.5)
                continue
            status.begins()
            name = ""
            begun = time.monotonic()
            try:
                self.ask_database()
                self.drain_once(wait_seconds=POLL_SECONDS)
            except Exception as exc:  # noqa: BLE001 - counted and said; the drain goes on
                # Also a bug: the messages come back after their visibility and end in the
                # dead-letter queue if it stays. A drain that died would hold up all others.
                fault = fault_of(exc)
                name = fault or error_name(exc)
                status.failed(exc, fault=fault)
                self._stopping.wait(1)
            else:
                status.succeeded()
            self._beat(time.monotonic() - begun, name)
            close_old_connections()
        self._say_goodbye()
        self._batches.close()
        connections.close_all()

    def ask_database(self) -> None:
        """Ask the database before anything is received: a receive that cannot be settled is one of ten.

        Raises:
            DatabaseError: it is away.
        """
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    def drain_once(self, *, wait_seconds: int = 0) -> int:
        """Settle what one batch holds and delete what was settled; return how many that were.

        What comes again is settled alone: one that makes its batch fail each time would
        take its neighbours along to the dead letters.
        """
        messages = self._receive(wait_seconds)
        fresh = [message for message in messages if not _was_received_before(message)]
        groups = [fresh, *([message] for message in messages if _was_received_before(message))]
        settled, failures = 0, list[Exception]()
        for group in filter(None, groups):
            try:
                settled += self._settle(group)
            except Exception as exc:  # noqa: BLE001 - raised below, once the others had their turn
                failures.append(exc)
                if len(failures) == FAILURES:
                    break  # it is no single message then
        if failures:
            raise failures[0]
        return settled

    def _settle(self, messages: Sequence[Message]) -> int:
        done = self.settle(messages)
        self._batches.delete(done)
        self._handled += len(done)
        return len(done)

    def _receive(self, wait_seconds: int) -> list[Message]:
        return self._batches.receive(wait_seconds)

    def _beat(self, seconds: float, error: str) -> None:
        """Show now and then that we live and, at once, its last error."""
        if not error and time.monotonic() < self._next_beat:
            return
        refusal = self._refusal if time.monotonic() < self._refusal_ends else ""
        try:
            beat(
                self.label,
                at=timezone.now(),
                number=self._number,
                handled=self._handled,
                round_seconds=seconds,
                last_error=error or refusal,
            )
        except DatabaseError:
            return  # the page, which reads the same database, shows nothing now either
        # After an error at once again, so that nobody reads of it when it is over.
        self._next_beat = 0.0 if error else time.monotonic() + BEAT_SECONDS

    def _say_goodbye(self) -> None:
        with suppress(DatabaseError):
            end_beat(self.label, number=self._number)


def _receives(message: Message) -> int:
    return int(message.get("Attributes", {}).get("ApproximateReceiveCount", 1))


def _was_received_before(message: Message) -> bool:
    return _receives(message) > 1


class MirrorDrain(QueueDrain):
    """Brings what the table says into Django: one transaction a batch, deleted after its commit."""

    label = "mirror"

    def settle(self, messages: Sequence[Message]) -> Sequence[Message]:
        """See :meth:`QueueDrain.settle`."""
        records, read = [], []
        for message in messages:
            try:
                records.append(json.loads(message["Body"]))
            except (ValueError, RecursionError):
                self.note_refusal(message, "it is not JSON")
            else:
                read.append(message)
        with unscoped("the stream brings every client's submissions"):
            result = mirror_stream_records(records, at=timezone.now())
        refused = {place for place, _ in result.refused}
        for place, why in result.refused:
            key = stream_key(records[place]) or "a record of no item of ours"
            self.note_refusal(read[place], f"{key} ({why})")
        return [message for place, message in enumerate(read) if place not in refused]


class IngestDrain(QueueDrain):
    """Calls the writer in the place of the first Pipe (``INGEST_CONSUMER=celery``), with its semantics.

    The batch is the Pipe's own (``template.yaml``, ``IngestPipe``).
    """

    label = "ingest"
    batch_size = 10

    def settle(self, messages: Sequence[Message]) -> Sequence[Message]:
        """See :meth:`QueueDrain.settle`."""
        again = set(write_records([_as_record(message) for message in messages]))
        return [message for message in messages if message["MessageId"] not in again]


def _as_record(message: Message) -> dict[str, Any]:
    """Spell a received message as a Pipe hands it to a function."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }


class NoticeDrain(QueueDrain):
    """Notes what the mail service says became of mails.

    A notice about no mail of ours is settled: others may send by the same account.
    One that cannot be read is left to the redrive, and nothing of it is logged.
    """

    label = "mail-notices"
    batch_size = 10

    def settle(self, messages: Sequence[Message]) -> Sequence[Message]:
        """See :meth:`QueueDrain.settle`."""
        settled = []
        with unscoped("the mail service names a mail, not its client"):
            for message in messages:
                try:
                    note_message(message["Body"], at=timezone.now())
                except NoNotice as error:
                    self.note_refusal(message, str(error))
                else:
                    settled.append(message)
        return settled


def mirror_drains() -> list[QueueDrain]:
    """Make the one drain of the mirror queue: SQLite has one writer, and one keeps up with the table."""
    return [MirrorDrain(env().mirror_queue_url)]


def ingest_drains() -> list[QueueDrain]:
    """Make the three drains that read in the place of a Pipe; each mostly waits for the table."""
    url = env().submissions_queue_url
    return [IngestDrain(url, number=number) for number in (1, 2, 3)]


def notice_drains() -> list[QueueDrain]:
    """Make the one drain of the mail service's notices: a few a second at the most."""
    return [NoticeDrain(env().mail_notices_queue_url)]


def drains() -> list[QueueDrain]:
    """Make the drains of this installation, not yet started.

    The submissions queue is left to the Pipe unless ``INGEST_CONSUMER`` says otherwise;
    the notices' queue is there where it was deployed.
    """
    wanted = mirror_drains()
    if env().ingest_consumer == "celery":
        wanted += ingest_drains()
    if env().mail_notices_queue_url:
        wanted += notice_drains()
    return wanted


def drain_until(stop: threading.Event, wanted: Sequence[QueueDrain]) -> None:
    """Run drains until told to stop; then let the batches at hand be settled and deleted."""
    for drain in wanted:
        drain.start()
    stop.wait()
    for drain in wanted:
        drain.stop()
    ends_at = time.monotonic() + STOP_SECONDS
    for drain in wanted:
        drain.join(timeout=max(0.0, ends_at - time.monotonic()))
