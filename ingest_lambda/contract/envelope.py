"""What travels on the submissions queue: the gateway's envelope around a request body."""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from ingest_lambda.contract.public import MessageRequest, SubmitRequest
from ingest_lambda.contract.shape import Shape

ENVELOPE_SCHEMA: Literal[1] = 1

EpochMs = Annotated[str, Field(pattern=r"^[0-9]{0,14}$")]
"""Milliseconds since 1970 as text; 14 digits reach the year 5138, and ``datetime`` ends in 9999."""


class SubmissionEnvelope(Shape):
    """A submission with its time of entry in milliseconds since 1970, as the gateway saw it.

    The time is empty where the gateway provides none; then the queue's first
    ``SentTimestamp`` counts, and only :meth:`entered_at` chooses between them. A
    replay fills the time in, so that a submission never changes its time of entry.
    """

    kind: Literal["submission"] = "submission"
    envelope_schema: Literal[1] = Field(default=ENVELOPE_SCHEMA, alias="schema")
    slug: str = Field(max_length=60)
    entered_at_ms: EpochMs = ""
    body: SubmitRequest


class MessageEnvelope(Shape):
    """A later message of an entrant, with the same rules for its time."""

    kind: Literal["message"]
    envelope_schema: Literal[1] = Field(default=ENVELOPE_SCHEMA, alias="schema")
    slug: str = Field(max_length=60)
    entered_at_ms: EpochMs = ""
    body: MessageRequest


Envelope = Annotated[SubmissionEnvelope | MessageEnvelope, Field(discriminator="kind")]


def entered_at(entered_at_ms: str, *, sent_timestamp_ms: str) -> datetime:
    """Return the time of entry: the gateway's, else when the queue first took the message.

    Both in milliseconds since 1970 as decimal text, as AWS writes them.

    Raises:
        ValueError: neither is a time. The message does not repeat their text.
    """
    told = entered_at_ms or sent_timestamp_ms
    if not re.fullmatch("[0-9]{1,14}", told):
        raise ValueError("a message without a time of entry")
    return datetime.fromtimestamp(int(told) / 1000, tz=UTC)
