"""Taking units out of the stock that nobody has won, while writers claim others.

A unit is either claimed or withdrawn: both advance the same block on condition of where
it stands, or put the same GIVEN item if it is absent.
"""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ingest_lambda.adapters.stock.blocks import BlockItems, StoredBlock
from ingest_lambda.adapters.stock.given import GivenItems
from ingest_lambda.adapters.stock.keys import block_key
from ingest_lambda.adapters.stock.units import ReturnedUnit
from ingest_lambda.adapters.table import Store
from ingest_lambda.contract import Given, WithdrawnRange
from ingest_lambda.errors import TryAgain

_TRIES = 20
"""A block that meets so many claims one after the other is left for later."""


class Withdrawals:
    """Withdraws units: many at once out of blocks, or one by one by name."""

    def __init__(
        self,
        store: Store,
        blocks: BlockItems,
        given: GivenItems,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._blocks = blocks
        self._given = given
        self._sleep = sleep

    def from_blocks(
        self,
        campaign_id: str,
        prize: str,
        batch: str,
        numbers: Sequence[int],
        *,
        most: int,
        withdrawal: str,
    ) -> list[WithdrawnRange]:
        """Take up to ``most`` units out of blocks, in the order of ``numbers``; return which.

        Each block notes which ``withdrawal`` took its units, so the same call after a
        crash returns what is gone already instead of taking more.

        Raises:
            TryAgain: the table is busy or away; the same call goes on where it stopped.
        """
        read = self._blocks.read(campaign_id, prize, batch, numbers)
        found: list[WithdrawnRange] = []
        left = most
        for number in numbers:
            block = read.get(number)
            if left <= 0 or block is None:
                continue
            taken = self._from_block(block, most=left, withdrawal=withdrawal)
            if taken is not None:
                found.append(taken)
                left -= taken.until - taken.first
        return found

    def by_name(self, campaign_id: str, prize: str, units: Iterable[str]) -> list[str]:
        """Make units given to nobody, for ever; return those that no entry has.

        For units of moments, and units of blocks that came back. Again is harmless.

        Raises:
            TryAgain: the table is busy or away.
        """
        gone = []
        for unit in units:
            none = Given(prize=prize, unit=unit, submission_id=None)
            is_new = self._given.put_if_absent(campaign_id, none)
            known = none if is_new else self._given.get(campaign_id, prize, unit)
            if known is not None and known.submission_id is None:
                gone.append(unit)
                # A unit that came back lies in the stock still.
                self._given.bury(campaign_id, ReturnedUnit(campaign_id, prize, unit))
        return gone

    def _from_block(
        self, block: StoredBlock, *, most: int, withdrawal: str
    ) -> WithdrawnRange | None:
        for _ in range(_TRIES):
            if block.withdrawal == withdrawal:
                return block.withdrawn
            if block.is_used_up:
                return None
            until = min(block.size, block.next + most)
            taken = WithdrawnRange(block=block.number, first=block.next, until=until)
            try:
                if self._advance(block, taken, withdrawal):
                    return taken
            except TryAgain as exc:
                if exc.args[:1] != ("TransactionConflictException",):
                    raise
                self._sleep(random.uniform(0.005, 0.02))  # noqa: S311 - jitter
            again = self._blocks.read(block.campaign_id, block.prize, block.batch, [block.number])
            block = again.get(block.number, replace(block, next=block.size))
        raise TryAgain("units_tried")

    def _advance(self, block: StoredBlock, taken: WithdrawnRange, withdrawal: str) -> bool:
        done = self._store.call_if(
            "update_item",
            Key=block_key(block.campaign_id, block.prize, block.batch, block.number),
            UpdateExpression=(
                "SET #next = :until, withdrawal = :withdrawal, "
                "withdrawn_from = :here, withdrawn_until = :until"
            ),
            ConditionExpression="#next = :here",
            ExpressionAttributeNames={"#next": "next"},
            ExpressionAttributeValues={
                ":here": {"N": str(taken.first)},
                ":until": {"N": str(taken.until)},
                ":withdrawal": {"S": withdrawal},
            },
        )
        return done is not None
