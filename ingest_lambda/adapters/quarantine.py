"""Quarantine: messages that were never ours, kept apart for seven days and counted."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ingest_lambda.adapters.clients import open_client
from ingest_lambda.config import Config
from ingest_lambda.errors import NoSuchQueue, TryAgain
from ingest_lambda.rules.storable import storable_text

LARGEST_CHARS = 66_560
"""What is kept of a message: all that the submissions queue takes, so that staff can send it again.

With its quotes escaped twice as long, it is still less than the 256 KB that a queue takes by itself.
"""

_MISSING = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
"""As SQS says it by its older and by its newer protocol."""


@dataclass(frozen=True)
class QuarantineQueue:
    """The queue behind the writer's quarantine; ``client`` makes the SDK's client at the first use."""

    client: Callable[[], Any]
    url: str

    def put(self, body: str, *, why: str, sent_timestamp_ms: str) -> None:
        """Keep one message for seven days, and when the queue took it: should we send it again, it counts from then.

        Raises:
            NoSuchQueue: the address is wrong; the record is delivered again all the same.
            TryAgain: the queue could not be reached; nothing may be lost, so the
                record is delivered again.
        """
        try:
            note = quarantine_body(body, why=why, sent_timestamp_ms=sent_timestamp_ms)
            self.client().send_message(QueueUrl=self.url, MessageBody=note)
        except ClientError as exc:
            if exc.response["Error"]["Code"] in _MISSING:
                raise NoSuchQueue("QUARANTINE_QUEUE_URL") from exc
            raise TryAgain(type(exc).__name__) from exc
        except BotoCoreError as exc:
            raise TryAgain(type(exc).__name__) from exc


def open_quarantine(settings: Config) -> QuarantineQueue:
    """Point to the quarantine queue. Nearly no function ever sends to it, so its client comes late."""

    @cache
    def client() -> Any:
        return open_client(
            "sqs", settings, connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2}
        )

    return QuarantineQueue(client, settings.quarantine_queue_url)


def quarantine_body(body: str, *, why: str, sent_timestamp_ms: str) -> str:
    """Wrap a message for quarantine with the reason it is there and the time that it came.

    In characters that a queue takes: what reaches the writer past the queue may hold others.
    """
    message = storable_text(body[:LARGEST_CHARS])
    note = {"why": why, "sent_timestamp_ms": sent_timestamp_ms, "message": message}
    return json.dumps(note, ensure_ascii=False)
