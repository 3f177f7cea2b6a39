"""Batches of an SQS queue. A call holds ten messages, so that a batch takes many, and several are made at once."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from campaignhub.aws import sqs

RECEIVE_AT_MOST = 10
"""What SQS hands out, and deletes, in one call."""
AT_ONCE = 5
"""Calls under way together. One after another, a hundred messages waited for twenty answers."""

Message = dict[str, Any]


class Batches:
    """The batches of one queue, for one thread that takes them.

    No batch waits to be filled: it has what is there, and no more once ``stopping`` is set.
    """

    def __init__(self, url: str, *, size: int, stopping: threading.Event) -> None:
        self._url = url
        self._size = size
        self._stopping = stopping
        self._pool = ThreadPoolExecutor(AT_ONCE - 1, thread_name_prefix="queue-call")

    def receive(self, wait_seconds: int) -> list[Message]:
        """Receive until the batch is full, the queue is empty, or we have to stop.

        One call finds out whether there is anything, waiting for so long; where it comes back
        full the rest is asked for by several. Where one of these fails, what the others
        brought is a batch: it would have spent a receive for nothing.

        Raises:
            BotoCoreError, ClientError: the first call failed.
        """
        messages = self._received(min(RECEIVE_AT_MOST, self._size), wait_seconds)
        is_full = len(messages) == RECEIVE_AT_MOST
        while is_full and len(messages) < self._size and not self._stopping.is_set():
            wanted = _tens(self._size - len(messages))[:AT_ONCE]
            answers, failure = self._at_once([partial(self._received, most) for most in wanted])
            got = [message for answer in answers for message in answer]
            messages += got
            if failure is not None:
                break
            is_full = len(got) == sum(wanted)
        return messages

    def delete(self, messages: Sequence[Message]) -> None:
        """Delete messages that were settled; those that a failed call leaves come again.

        Raises:
            BotoCoreError, ClientError: a call failed, after the others were made.
        """
        tens = range(0, len(messages), RECEIVE_AT_MOST)
        parts = [messages[begin : begin + RECEIVE_AT_MOST] for begin in tens]
        _, failure = self._at_once([partial(self._deleted, part) for part in parts])
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=False)

    def _at_once(self, calls: Sequence[Callable[[], Any]]) -> tuple[list[Any], Exception | None]:
        """Make calls; return what came back, and the first that the service or the way there refused."""
        answers: list[Any] = []
        failure: Exception | None = None
        begun = [self._pool.submit(call) for call in calls[1:]]
        for answer in (*calls[:1], *(one.result for one in begun)):
            try:
                answers.append(answer())
            except (BotoCoreError, ClientError) as exc:
                failure = failure or exc
        return answers, failure

    def _received(self, most: int, wait_seconds: int = 0) -> list[Message]:
        answer = sqs().receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=most,
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
        )
        messages: list[Any] = answer.get("Messages", [])
        return messages

    def _deleted(self, messages: Sequence[Message]) -> None:
        sqs().delete_message_batch(
            QueueUrl=self._url,
            Entries=[
                {"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]}
                for n, message in enumerate(messages)
            ],
        )


def _tens(count: int) -> list[int]:
    """Split a number into those of single calls."""
    return [min(RECEIVE_AT_MOST, count - begin) for begin in range(0, count, RECEIVE_AT_MOST)]
