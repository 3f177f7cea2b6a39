"""A Pipe that reads a table's stream: in order, at least once, its position kept on disk.

A position moves only after delivery, so a killed process delivers again what it
had not noted; whoever reads must not mind. What fails is tried again until it
succeeds, is too old or was tried too often; then where it lies in the stream goes
to the dead-letter queue, as on AWS, and the stream goes on.
"""

import json
import logging
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from campaignhub.local_aws.pipes.declaration import Pipe, StreamParameters
from campaignhub.local_aws.pipes.pattern import passes
from campaignhub.local_aws.pipes.target import Busy, Record, Target
from campaignhub.local_aws.pipes.wire import Away, Refused, Wire
from campaignhub.private_files import write_private

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.25
"""AWS looks at a quiet shard four times a second."""

BACK_OFF_SECONDS = (0.2, 0.5, 1, 2, 5, 10)


class StreamSource:
    """The reader of one Pipe with a stream as its source."""

    def __init__(
        self, pipe: Pipe, wire: Wire, target: Target, stop: threading.Event, positions: Path
    ) -> None:
        assert isinstance(pipe.parameters, StreamParameters)
        self._pipe = pipe
        self._parameters = pipe.parameters
        self._wire = wire
        self._target = target
        self._stop = stop
        self._position = positions / f"{pipe.name}.json"
        self._shard = ""
        self._iterator: str | None = None

    def threads(self) -> int:
        """One reader: the emulator's stream has one shard."""
        return 1

    def step(self) -> None:
        """Read once and deliver what was read; at a quiet stream, wait a moment.

        Raises:
            Away: the emulator is away.
            Refused: the stream is not there.
        """
        if not self._take():
            self._stop.wait(IDLE_SECONDS)

    def drain(self, seconds: float) -> None:
        """Deliver what the stream still holds: the emulator forgets a stream when it stops.

        Raises:
            Away: the emulator is away.
            Refused: the stream is not there.
        """
        gives_up_at = time.monotonic() + seconds
        while time.monotonic() < gives_up_at and self._take():
            pass

    def _take(self) -> bool:
        if self._iterator is None:
            self._iterator = self._open()
        try:
            answer = self._wire.call(
                "streams.dynamodb",
                "GetRecords",
                {
                    "ShardIterator": self._iterator,
                    "Limit": self._parameters.batch_size * self._parameters.parallel,
                },
            )
        except (Away, Refused):
            # Expired, trimmed or of another table; or of the emulator before it was restarted, whose
            # count began anew. The position on disk decides.
            self._iterator = None
            raise
        records = answer["Records"]
        if records:
            wanted: list[Record] = [
                {**record, "eventSourceARN": self._pipe.source}
                for record in records
                if passes(list(self._pipe.filters), record)
            ]
            for start in range(0, len(wanted), self._parameters.batch_size):
                if not self._deliver(wanted[start : start + self._parameters.batch_size]):
                    self._iterator = None
                    return False
            self._note(records[-1]["dynamodb"]["SequenceNumber"])
        self._iterator = answer.get("NextShardIterator")
        return bool(records)

    def _open(self) -> str:
        described = self._wire.call(
            "streams.dynamodb", "DescribeStream", {"StreamArn": self._pipe.source}
        )
        self._shard = described["StreamDescription"]["Shards"][0]["ShardId"]
        place = {"StreamArn": self._pipe.source, "ShardId": self._shard}
        noted = self._noted()
        if noted is not None:
            try:
                return self._iterator_at(
                    {**place, "ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": noted}
                )
            except Refused as refused:
                if refused.code != "TrimmedDataAccessException":
                    raise
                # After a stop in good order all was delivered; after a kill, reconciling finds the rest.
                logger.info("%s: the stream begins anew", self._pipe.name)
                return self._iterator_at({**place, "ShardIteratorType": "TRIM_HORIZON"})
        return self._iterator_at({**place, "ShardIteratorType": self._parameters.starting_position})

    def _iterator_at(self, request: dict[str, Any]) -> str:
        return str(
            self._wire.call("streams.dynamodb", "GetShardIterator", request)["ShardIterator"]
        )

    def _deliver(self, records: list[Record]) -> bool:
        """Deliver, again and again; return false when asked to stop before it was done."""
        attempts = 0
        waiting = records
        while waiting:
            failed = self._try(waiting)
            attempts += 1
            rest = [waiting[place] for place in failed]
            # Without bisecting, AWS offers the whole batch again.
            waiting = rest if self._parameters.bisect or not rest else waiting
            if not waiting:
                break
            if self._is_given_up(waiting, attempts):
                self._bury(waiting, attempts)
                break
            if self._stop.wait(BACK_OFF_SECONDS[min(attempts, len(BACK_OFF_SECONDS)) - 1]):
                return False
        return True

    def _try(self, records: Sequence[Record]) -> list[int]:
        try:
            return self._target.deliver(records)
        except Busy:
            return list(range(len(records)))

    def _is_given_up(self, records: Sequence[Record], attempts: int) -> bool:
        most, age = self._parameters.maximum_attempts, self._parameters.maximum_age_seconds
        if 0 <= most < attempts:
            return True
        oldest = float(records[0]["dynamodb"].get("ApproximateCreationDateTime", time.time()))
        return age >= 0 and time.time() - oldest > age

    def _bury(self, records: Sequence[Record], attempts: int) -> None:
        logger.error("%s: gave up %s records", self._pipe.name, len(records))
        if self._parameters.dead_letter_arn is None:
            return
        first, last = records[0]["dynamodb"], records[-1]["dynamodb"]
        _, _, _, _, account, name = self._parameters.dead_letter_arn.split(":")
        body = {
            "context": {
                "partnerResourceArn": self._pipe.arn,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": attempts,
            },
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "DDBStreamBatchInfo": {
                "shardId": self._shard,
                "startSequenceNumber": first["SequenceNumber"],
                "endSequenceNumber": last["SequenceNumber"],
                "batchSize": len(records),
                "streamArn": self._pipe.source,
            },
        }
        self._wire.call(
            "sqs",
            "SendMessage",
            {
                "QueueUrl": f"{self._wire.endpoint}/{account}/{name}",
                "MessageBody": json.dumps(body),
            },
        )

    def _noted(self) -> str | None:
        try:
            noted = json.loads(self._position.read_text())
        except (OSError, ValueError):
            return None
        # Another stream is another table: the emulator lost its state and was filled again.
        return str(noted["after"]) if noted.get("stream") == self._pipe.source else None

    def _note(self, sequence_number: str) -> None:
        noted = {"stream": self._pipe.source, "after": sequence_number}
        try:
            self._position.parent.mkdir(parents=True, exist_ok=True)
            write_private(self._position, json.dumps(noted))
        except OSError as error:
            # As on a full disk. It was delivered, and is delivered again after a restart: nothing is lost.
            logger.warning("%s: its position was not written: %s", self._pipe.name, error.strerror)
