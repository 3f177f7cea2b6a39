"""A unit that lies in the stock, with the one write that takes it out."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from ingest_lambda.adapters.stock.keys import block_key, moment_key, returned_key
from ingest_lambda.adapters.table import Operation
from ingest_lambda.contract import WonMoment, unit_name

NEVER = datetime.min.replace(tzinfo=UTC)
RESERVED = timedelta(seconds=0.5)
"""How long a moment is kept from other processes: so long they wait for one that ended meanwhile."""
LONGEST_RESERVED = 2 * RESERVED
"""With what the clocks of two processes may differ."""


class StockUnit(Protocol):
    """One unit of a prize, wherever in the stock it was found."""

    @property
    def prize(self) -> str:
        """The prize's name."""

    @property
    def unit(self) -> str:
        """Its own name, under which it is given once."""

    @property
    def code(self) -> str | None:
        """Its code, if it has one."""

    def take(self) -> Operation:
        """Return the write that takes it out; refused if another writer has."""


def _delete(key: dict[str, dict[str, str]]) -> Operation:
    return {"Delete": {"Key": key, "ConditionExpression": "attribute_exists(pk)"}}


@dataclass(frozen=True)
class MomentUnit:
    """The unit of a winning moment."""

    campaign_id: str
    moment_set: str
    day: str
    """Its local day, or ``RETURNED``."""
    sk: str
    prize: str
    unit: str
    at: datetime
    rank: int = 1
    until: datetime | None = None
    code: str | None = field(default=None, repr=False)
    tried_until: datetime = field(default=NEVER, compare=False)
    """Until when a writer had reserved it, as it was read."""

    @property
    def key(self) -> dict[str, dict[str, str]]:
        """Its key in the stock table."""
        return moment_key(self.campaign_id, self.moment_set, self.day, self.sk)

    @property
    def won(self) -> WonMoment:
        """What its award notes of it."""
        return WonMoment(set=self.moment_set, at=self.at, until=self.until, rank=self.rank)

    def is_due(self, entered_at: datetime) -> bool:
        """Tell whether a submission that entered at this instant may have it."""
        return self.at <= entered_at and (self.until is None or entered_at < self.until)

    def is_reserved(self, now: datetime) -> bool:
        """Tell whether a writer had reserved it as it was read. A time too far ahead is of a wrong clock."""
        return timedelta(0) <= self.tried_until - now <= LONGEST_RESERVED

    def take(self) -> Operation:
        """Return the write that deletes the moment."""
        return _delete(self.key)


@dataclass(frozen=True)
class BlockUnit:
    """The next unit of a block."""

    campaign_id: str
    prize: str
    batch: str
    block: int
    index: int
    code: str | None = field(default=None, repr=False)

    @property
    def unit(self) -> str:
        """Its name, from its place."""
        return unit_name(self.batch, self.block, self.index)

    def take(self) -> Operation:
        """Return the write that advances the block by one, if it stands at this unit."""
        return {
            "Update": {
                "Key": block_key(self.campaign_id, self.prize, self.batch, self.block),
                "UpdateExpression": "SET #next = :after",
                "ConditionExpression": "#next = :here",
                "ExpressionAttributeNames": {"#next": "next"},
                "ExpressionAttributeValues": {
                    ":here": {"N": str(self.index)},
                    ":after": {"N": str(self.index + 1)},
                },
            }
        }


@dataclass(frozen=True)
class FallbackUnit:
    """The one shared code of a prize, for one submission. It lies in no stock, so nothing is taken out."""

    prize: str
    unit: str
    code: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ReturnedUnit:
    """A unit of a block that an earlier winner gave back."""

    campaign_id: str
    prize: str
    unit: str
    code: str | None = field(default=None, repr=False)

    def take(self) -> Operation:
        """Return the write that deletes the returned unit."""
        return _delete(returned_key(self.campaign_id, self.prize, self.unit))
