"""Moves of the queue service: it sends all of a dead-letter queue to the queue in front again, at its own pace.

For what is sent again as it lies there. Of a submission the time of entry has to be
kept, and what the quarantine holds is taken apart first: those are sent by us
(:mod:`submissions.operations.services.dead_letters`). The embedded queues have no such moves.
"""

import logging
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from campaignhub.aws import sqs
from submissions.operations.services.dead_letters import QueueAway

logger = logging.getLogger(__name__)
MOVED_AS_THEY_LIE = frozenset({"images", "mirror"})
"""Queues whose messages need nothing added, by name."""
RUNNING, COMPLETED = "RUNNING", "COMPLETED"
_NOT_OFFERED = frozenset(
    {
        "InvalidAction",
        "UnknownOperationException",
        "UnsupportedOperation",
        "AWS.SimpleQueueService.UnsupportedOperation",
    }
)


class NotOffered(Exception):
    """This queue service moves nothing by itself."""


@dataclass(frozen=True)
class Move:
    """The latest move of a queue, as the service tells of it."""

    handle: str
    """What it is stopped by; empty once it has ended."""
    status: str
    """``RUNNING``, ``COMPLETED``, ``CANCELLING``, ``CANCELLED`` or ``FAILED``."""
    moved: int
    reason: str
    """Why it failed, in the service's words, which name no message."""


def begin(dead_url: str) -> str:
    """Begin to move all that lies in a dead-letter queue; return the move's handle.

    One that goes on already is taken over: there is one at a time, and who began it may have died.

    Raises:
        NotOffered: send them one by one.
        QueueAway: try again.
    """
    try:
        source = _arn_of(dead_url)
        return sqs().start_message_move_task(SourceArn=source)["TaskHandle"]
    except ClientError as exc:
        going = _latest(dead_url)
        if going is not None and going.status == RUNNING:
            return going.handle
        raise _as_ours(exc) from exc
    except BotoCoreError as exc:
        raise QueueAway(_AWAY) from exc


def latest(dead_url: str) -> Move | None:
    """Return the latest move out of a dead-letter queue.

    Raises:
        QueueAway: try again.
    """
    try:
        return _latest(dead_url)
    except NotOffered as exc:
        raise QueueAway(_AWAY) from exc


def stop(handle: str) -> None:
    """Stop a move; what it has moved stays moved. One that has ended, or does not hear, is left alone."""
    try:
        sqs().cancel_message_move_task(TaskHandle=handle)
    except (BotoCoreError, ClientError) as exc:
        logger.warning("a move of dead letters was not stopped: %s", type(exc).__name__)


_AWAY = "The queues don't answer. Please try again in a minute."


def _latest(dead_url: str) -> Move | None:
    try:
        known = sqs().list_message_move_tasks(SourceArn=_arn_of(dead_url), MaxResults=1)
    except ClientError as exc:
        raise _as_ours(exc) from exc
    except BotoCoreError as exc:
        raise QueueAway(_AWAY) from exc
    for one in known.get("Results", []):
        return Move(
            one.get("TaskHandle", ""),
            one["Status"],
            one.get("ApproximateNumberOfMessagesMoved", 0),
            one.get("FailureReason", ""),
        )
    return None


def _arn_of(url: str) -> str:
    attributes = sqs().get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return attributes["Attributes"]["QueueArn"]


def _as_ours(exc: ClientError) -> Exception:
    return NotOffered() if exc.response["Error"]["Code"] in _NOT_OFFERED else QueueAway(_AWAY)
