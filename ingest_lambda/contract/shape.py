"""The base of every shape that two programs exchange: strict, immutable, its input never in an error."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, PlainSerializer


class Shape(BaseModel):
    """A value that two programs exchange.

    Unknown keys are refused, so that the first test that sends a misspelt one
    fails. Input never appears in an error, because pydantic prints it by default
    and the answers of entrants would end in the logs.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        ser_json_timedelta="float",
        # At first use: a function on a visitor's way uses few of them, and its cold start would
        # pay 110 ms for all. Before threads begin, :func:`complete` builds them.
        defer_build=True,
    )


def instant_text(instant: datetime) -> str:
    """Write an instant as RFC 3339 UTC with milliseconds: ``2026-06-01T10:00:00.000Z``.

    Fixed width, so that the texts sort as the instants do: DynamoDB compares
    sort keys as bytes.
    """
    return (
        instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.")
        + f"{instant.microsecond // 1000:03d}Z"
    )


def _in_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


Instant = Annotated[
    AwareDatetime,
    AfterValidator(_in_utc),
    PlainSerializer(instant_text, return_type=str, when_used="json"),
]
"""An aware instant, held in UTC, written by :func:`instant_text`."""


def complete() -> None:
    """Build every shape now. Call it before threads share them.

    pydantic builds a deferred model at its first use and without a lock. A thread
    that uses the model during the build gets the parent's validator, which refuses
    a valid message.
    """

    def build(shape: type[Shape]) -> None:
        shape.model_rebuild()
        for child in shape.__subclasses__():
            build(child)

    build(Shape)
