"""Units of prizes on their way into the stock table, and what is known of those that were given."""

from datetime import datetime
from functools import lru_cache
from itertools import accumulate
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from ingest_lambda.contract.names import Name
from ingest_lambda.contract.shape import Instant, Shape

BLOCK_UNITS = 50
"""Units of a block at most: 50 codes of 20 characters are one write unit of DynamoDB (1 KB)."""
WRITERS_AT_ONCE = 2000
"""Threads that use up a batch side by side, for which its blocks are cut: twice a burst's (1,000 Lambdas
of which few have more than two writes in flight)."""
MOST_UNIT_BATCHES = 200
"""Batches of one prize; a writer reads what is left of each."""

Batch = Annotated[str, Field(pattern=r"^[a-z0-9]{1,20}$")]
"""The name of units that were loaded together, such as one import of codes."""
Unit = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$")]
"""The name of one unit, unique for ever among those of its prize.

It is what makes a unit given once, so the same code or thing keeps it through
every republish and amendment, also in another set of moments.
"""
Code = Annotated[str, Field(min_length=1, max_length=100)]


class Moment(Shape):
    """One unit of a prize by winning moments: due at its instant, with its code if it has one.

    The first submission that is processed among those that entered at or after
    ``at`` (and before ``until``) wins it.
    """

    prize: Name
    unit: Unit
    at: Instant
    until: Instant | None = None
    """Exclusive; absent if it rolls forward until it is won."""
    rank: int = Field(default=1, ge=1, le=99)
    """Of moments due at one instant the lower rank is offered first: 1 is the dearest prize."""
    code: Code | None = Field(default=None, repr=False)


class Block(Shape):
    """Up to 50 units of a batch, used up from the first on. Things without codes have only a number."""

    number: int = Field(ge=0, le=9_999_999)
    size: int = Field(ge=1, le=BLOCK_UNITS)
    codes: tuple[Code, ...] = Field(default=(), max_length=BLOCK_UNITS, repr=False)
    """As many as ``size``, or none."""


class Given(Shape):
    """A unit that is given: the item that makes it once, and the only one that joins a code with a winner."""

    prize: Name
    unit: Unit
    submission_id: UUID | None
    """``None``: taken out of the stock without a winner."""
    code: Code | None = Field(default=None, repr=False)


class WithdrawnRange(Shape):
    """Units of one block that were taken out of the stock: from ``first`` on, ``until`` exclusive."""

    block: int = Field(ge=0, le=9_999_999)
    first: int = Field(ge=0, le=BLOCK_UNITS)
    until: int = Field(ge=1, le=BLOCK_UNITS)


FALLBACK = "f."
"""How the names of units begin that are no stock: each brings its winner the one shared code."""


def fallback_unit(submission_id: UUID) -> str:
    """Return the name of the unit by which a submission has the shared code."""
    return f"{FALLBACK}{submission_id.hex}"


def unit_name(batch: str, block: int, index: int) -> str:
    """Return the name of the unit at a place of a block, counted from 0."""
    return f"{batch}.{block}.{index}"


@lru_cache(maxsize=32)
def block_sizes(total: int) -> tuple[int, ...]:
    """Return the sizes of the blocks of a batch of ``total`` units: 50 at first, and ever smaller to its end.

    Each thread of a writer uses up a block of its own. When all are drawn, each has a
    part of its last one left, and a thread that finds no block meets the others at
    theirs: with single units at the end there is nothing to meet at.
    """
    sizes: list[int] = []
    left = total
    while left > 0:
        sizes.append(max(1, min(BLOCK_UNITS, left // WRITERS_AT_ONCE)))
        left -= sizes[-1]
    return tuple(sizes)


@lru_cache(maxsize=32)
def block_begins(total: int) -> tuple[int, ...]:
    """Return, for each block of a batch of ``total`` units, how many units lie before it."""
    return (0, *accumulate(block_sizes(total)[:-1]))


def local_day(at: datetime, timezone: str) -> str:
    """Return the calendar day of an instant in a campaign's zone, as winning moments are partitioned."""
    return at.astimezone(ZoneInfo(timezone)).date().isoformat()
