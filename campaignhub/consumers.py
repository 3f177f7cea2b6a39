"""The worker's step that drains the mirror queue, beside Celery and never through it.

The queue holds plain JSON. Given to Celery as one of its own, a worker would
delete what it cannot read; so this step polls it by itself, and settings name
no queue but Celery's.
"""

import json
import logging
import threading
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from celery import bootsteps
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from campaignhub.aws import LONG_POLL_SECONDS, sqs
from campaignhub.env import env

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 100
"""Messages a transaction takes in; SQS hands out ten a call."""
SHORT_POLL_SECONDS = 2


class MirrorDrain(threading.Thread):
    """Takes batches from the mirror queue until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(name="mirror-drain", daemon=True)
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Finish the batch at hand and end."""
        self._stopping.set()

    def run(self) -> None:
        """Drain for ever; trouble with queue or database waits a little longer each time."""
        trouble = 0
        while not self._stopping.is_set():
            try:
                self.drain_once(wait_seconds=SHORT_POLL_SECONDS)
                trouble = 0
            except (BotoCoreError, ClientError, DatabaseError) as exc:
                trouble += 1
                logger.warning("mirror: %s, trying again", type(exc).__name__)
                close_old_connections()
                self._stopping.wait(min(30, 2**trouble))
            except Exception:
                # A bug. The messages come back after their visibility and end in the
                # dead-letter queue if it stays; a drain that died would hold up all others.
                trouble += 1
                logger.exception("mirror: unforeseen")
                self._stopping.wait(min(30, 2**trouble))

    def drain_once(self, *, wait_seconds: int = 0) -> int:
        """Take in one batch and delete it after the commit; return how many were taken in."""
        from submissions.services.mirror import mirror_stream_records

        url = env().mirror_queue_url
        messages = self._receive(url, wait_seconds)
        if not messages:
            return 0
        records, places = [], []
        for place, message in enumerate(messages):
            try:
                records.append(json.loads(message["Body"]))
                places.append(place)
            except ValueError:
                logger.warning("mirror: a message is not JSON, left to the redrive")
        result = mirror_stream_records(records, at=timezone.now())
        refused = {place for place, _ in result.refused}
        for _, why in result.refused:
            logger.warning("mirror: a record was refused (%s), left to the redrive", why)
        done = [messages[places[n]] for n in range(len(records)) if n not in refused]
        for begin in range(0, len(done), 10):
            sqs().delete_message_batch(
                QueueUrl=url,
                Entries=[
                    {"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]}
                    for n, message in enumerate(done[begin : begin + 10])
                ],
            )
        return len(done)

    def _receive(self, url: str, wait_seconds: int) -> list[dict[str, Any]]:
        messages: list[Any] = []
        while len(messages) < MOST_AT_ONCE and not self._stopping.is_set():
            answer = sqs().receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=0 if messages else min(wait_seconds, LONG_POLL_SECONDS),
            )
            got = answer.get("Messages", [])
            messages += got
            if len(got) < 10:
                break
        return messages


class MirrorStep(bootsteps.StartStopStep):
    """Starts the drain with the worker and stops it with the worker."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        super().__init__(worker, **kwargs)
        self._drain: MirrorDrain | None = None

    def start(self, _worker: Any) -> None:
        """Begin to drain."""
        self._drain = MirrorDrain()
        self._drain.start()

    def stop(self, _worker: Any) -> None:
        """Let the batch at hand be committed and deleted, then end."""
        if self._drain is not None:
            self._drain.stop()
            self._drain.join(timeout=30)
