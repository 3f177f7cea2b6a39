"""A Pipe that reads a queue: batches in a window, deletes what was delivered, leaves the rest to the queue.

What failed stays invisible until its visibility timeout and is then received
again; after the queue's ``maxReceiveCount`` its own redrive policy moves it to
the dead-letter queue. Nothing here counts attempts.
"""

import logging
import threading
import time
from typing import Any

from campaignhub.local_aws.ministack import REGION
from campaignhub.local_aws.pipes.declaration import Pipe, QueueParameters
from campaignhub.local_aws.pipes.pattern import passes
from campaignhub.local_aws.pipes.target import Busy, Record, Target
from campaignhub.local_aws.pipes.wire import Wire

logger = logging.getLogger(__name__)

BATCHES_IN_FLIGHT = 3
"""AWS adds pollers as a queue grows, up to hundreds; on two cores three keep the writer busy."""

RECEIVE_AT_MOST = 10
"""SQS gives no more at once, so a larger batch takes several calls."""

POLL_SECONDS = 1
"""The long poll. Short, so that a stop is quick."""

BUSY_SECONDS = 5
"""How long a batch is offered to a target without room at least, before it goes back to the queue."""
BUSY_SHARE = 0.75
"""Of the time for which the queue keeps a message from others. It counts a receive at its end either way, so the
batch is offered for most of it: what was throttled goes on at once, and few receives are spent meanwhile."""


class QueueSource:
    """The pollers of one Pipe with a queue as its source."""

    def __init__(self, pipe: Pipe, wire: Wire, target: Target, stop: threading.Event) -> None:
        assert isinstance(pipe.parameters, QueueParameters)
        self._pipe = pipe
        self._parameters = pipe.parameters
        self._wire = wire
        self._target = target
        self._stop = stop
        _, _, _, _, account, name = pipe.source.split(":")
        self._url = f"{wire.endpoint}/{account}/{name}"
        self._busy_seconds: float | None = None

    def threads(self) -> int:
        """Return how many times :meth:`run` may run beside itself."""
        return BATCHES_IN_FLIGHT

    def step(self) -> None:
        """Take one batch, deliver it, and delete what was taken over.

        Raises:
            Away: the emulator is away.
            Refused: the queue is not there.
        """
        messages = self._gather()
        if not messages:
            return
        if self._stop.is_set():
            self._give_back(messages)
            return
        records = {
            message["MessageId"]: as_record(message, self._pipe.source) for message in messages
        }
        wanted = [
            message
            for message in messages
            if passes(list(self._pipe.filters), records[message["MessageId"]], message["Body"])
        ]
        failed = self._deliver([records[message["MessageId"]] for message in wanted])
        kept = {wanted[place]["MessageId"] for place in failed}
        self._delete([message for message in messages if message["MessageId"] not in kept])

    def _gather(self) -> list[dict[str, Any]]:
        """Receive until the batch is full or its window, counted from the first message, is over."""
        messages: list[dict[str, Any]] = []
        closes_at = None
        while len(messages) < self._parameters.batch_size and not self._stop.is_set():
            left = POLL_SECONDS if closes_at is None else closes_at - time.monotonic()
            if left < 0:
                break
            received = self._receive(self._parameters.batch_size - len(messages), left)
            messages += received
            if closes_at is None:
                if not received:
                    break
                closes_at = time.monotonic() + self._parameters.window_seconds
            elif not received:
                # The emulator's shortest long poll is a second; within a window we look more often.
                self._stop.wait(min(0.1, max(0.0, closes_at - time.monotonic())))
        return messages

    def _receive(self, room: int, left: float) -> list[dict[str, Any]]:
        answer = self._wire.call(
            "sqs",
            "ReceiveMessage",
            {
                "QueueUrl": self._url,
                "MaxNumberOfMessages": min(RECEIVE_AT_MOST, room),
                "WaitTimeSeconds": 1 if left >= 1 else 0,
                "MessageSystemAttributeNames": ["All"],
                "MessageAttributeNames": ["All"],
            },
        )
        received: list[dict[str, Any]] = answer.get("Messages", [])
        return received

    def _deliver(self, records: list[Record]) -> list[int]:
        if not records:
            return []
        begun = time.monotonic()
        while True:
            try:
                return self._target.deliver(records)
            except Busy:
                if time.monotonic() - begun > self._patience() or self._stop.wait(0.2):
                    return list(range(len(records)))

    def _patience(self) -> float:
        """Return for how many seconds a batch is offered to a target without room."""
        if self._busy_seconds is None:
            answer = self._wire.call(
                "sqs",
                "GetQueueAttributes",
                {"QueueUrl": self._url, "AttributeNames": ["VisibilityTimeout"]},
            )
            visibility = float(answer.get("Attributes", {}).get("VisibilityTimeout", 0))
            self._busy_seconds = max(BUSY_SECONDS, visibility * BUSY_SHARE)
        return self._busy_seconds

    def _delete(self, messages: list[dict[str, Any]]) -> None:
        for start in range(0, len(messages), RECEIVE_AT_MOST):
            self._wire.call(
                "sqs",
                "DeleteMessageBatch",
                {
                    "QueueUrl": self._url,
                    "Entries": [
                        {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                        for place, message in enumerate(messages[start : start + RECEIVE_AT_MOST])
                    ],
                },
            )

    def _give_back(self, messages: list[dict[str, Any]]) -> None:
        """Make what was received but not delivered visible at once; a stop costs no waiting."""
        for message in messages:
            self._wire.call(
                "sqs",
                "ChangeMessageVisibility",
                {
                    "QueueUrl": self._url,
                    "ReceiptHandle": message["ReceiptHandle"],
                    "VisibilityTimeout": 0,
                },
            )


def as_record(message: dict[str, Any], source: str) -> dict[str, Any]:
    """Give a received message the shape in which Pipes hands it on."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {
                "stringListValues": [],
                "binaryListValues": [],
                **{key[0].lower() + key[1:]: held for key, held in value.items()},
            }
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": source,
        "awsRegion": REGION,
    }
