"""Quarantine: messages that were never ours, kept apart for seven days and counted."""

import json
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config as SdkConfig
from botocore.exceptions import BotoCoreError, ClientError

from ingest_lambda.config import Config
from ingest_lambda.errors import TryAgain


@dataclass(frozen=True)
class QuarantineQueue:
    """The queue behind the writer's quarantine."""

    client: Any
    url: str

    def put(self, body: str, *, why: str) -> None:
        """Keep one message for seven days.

        Raises:
            TryAgain: the queue could not be reached; nothing may be lost, so the
                record is delivered again.
        """
        try:
            self.client.send_message(QueueUrl=self.url, MessageBody=quarantine_body(body, why))
        except (BotoCoreError, ClientError) as exc:
            raise TryAgain(type(exc).__name__) from exc


def open_quarantine(settings: Config) -> QuarantineQueue:
    """Connect to the quarantine queue."""
    client = boto3.client(
        "sqs",
        endpoint_url=settings.aws_endpoint_url,
        config=SdkConfig(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2}),
    )
    return QuarantineQueue(client, settings.quarantine_queue_url)


def quarantine_body(body: str, why: str) -> str:
    """Wrap a message for quarantine with the reason it is there."""
    return json.dumps({"why": why, "message": body[:60_000]}, ensure_ascii=False)
