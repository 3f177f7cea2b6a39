"""The parent of every shape that crosses a border: strict, immutable, silent about its input."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, PlainSerializer


class Shape(BaseModel):
    """A value that two programs exchange.

    Unknown keys are refused, so that a misspelt one is found by the first test
    that sends it. Input never appears in an error: what people typed would
    otherwise end in the logs (pydantic prints it by default).
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
    """Build every shape now. To be called before threads share them.

    pydantic builds a deferred model at its first use and without a lock, and a
    thread that comes in between finds the parent's validator: it would refuse a
    good message.
    """

    def build(shape: type[Shape]) -> None:
        shape.model_rebuild()
        for child in shape.__subclasses__():
            build(child)

    build(Shape)
