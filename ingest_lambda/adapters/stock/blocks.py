"""Blocks of units, the batches that a pool names, and units that came back."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest_lambda.adapters.stock.keys import block_key, pool_key, pool_pk, returned_pk
from ingest_lambda.adapters.stock.loading import put_all
from ingest_lambda.adapters.stock.units import BlockUnit, ReturnedUnit
from ingest_lambda.adapters.table import Item, Store
from ingest_lambda.contract import Block, WithdrawnRange


class BatchIsOpen(Exception):
    """The pool names this batch: put again, its used blocks would be new ones."""


@dataclass(frozen=True)
class PoolBatch:
    """A batch that the pool names: all of its ``blocks`` are in the table."""

    batch: str
    blocks: int
    swept: int
    """Blocks below it are used up. It only rises."""


@dataclass(frozen=True)
class StoredBlock:
    """A block as it was read: the next unit, counted from 0, and how many there are."""

    campaign_id: str
    prize: str
    batch: str
    number: int
    next: int
    size: int
    codes: tuple[str, ...] = field(default=(), repr=False)
    withdrawal: str = ""
    """The last withdrawal that took units out of it, if any did."""
    withdrawn: WithdrawnRange | None = None
    """Which units that took."""

    @property
    def is_used_up(self) -> bool:
        """Whether no unit is left. It stays so: what is returned lies apart."""
        return self.next >= self.size

    def unit(self) -> BlockUnit:
        """Return the next unit."""
        return BlockUnit(
            campaign_id=self.campaign_id,
            prize=self.prize,
            batch=self.batch,
            block=self.number,
            index=self.next,
            code=self.codes[self.next] if self.codes else None,
        )


class BlockItems:
    """Units in blocks of up to 50, of which a writer uses up one at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self, campaign_id: str, prize: str, batch: str, blocks: Iterable[Block]) -> int:
        """Put blocks in the place of what is there under their numbers; return how many.

        Raises:
            BatchIsOpen: the pool names the batch.
            TryAgain: the table is busy or away; load the same blocks again.
        """
        if self._store.get(pool_key(campaign_id, prize, batch)) is not None:
            raise BatchIsOpen(f"{prize} {batch}")
        return put_all(self._store, (_item(campaign_id, prize, batch, block) for block in blocks))

    def restore(self, campaign_id: str, prize: str, batch: str, blocks: Iterable[Block]) -> int:
        """Put the blocks that are absent; return how many were. Units that are given become ghosts."""
        return sum(
            self._store.put_if_absent(_item(campaign_id, prize, batch, block)) for block in blocks
        )

    def open(self, campaign_id: str, prize: str, batch: str, *, blocks: int) -> bool:
        """Name a batch whose ``blocks`` blocks are loaded; tell whether it was not named yet.

        From here on its units are given.
        """
        return self._store.put_if_absent(
            {
                **pool_key(campaign_id, prize, batch),
                "blocks": {"N": str(blocks)},
                "drawn": {"N": "0"},
                "swept": {"N": "0"},
            }
        )

    def batches(self, campaign_id: str, prize: str) -> tuple[PoolBatch, ...]:
        """Read, consistently, which batches a pool names, in the order of their names."""
        pages = self._store.pages(
            "query",
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pool_pk(campaign_id, prize)}},
            ConsistentRead=True,
        )
        return tuple(
            PoolBatch(
                item["sk"]["S"], blocks=int(item["blocks"]["N"]), swept=int(item["swept"]["N"])
            )
            for page in pages
            for item in page
        )

    def draw_number(self, campaign_id: str, prize: str, batch: str) -> int:
        """Take the next block number: a hint where nobody else is at work, and no more than that."""
        answer = self._store.call(
            "update_item",
            TableName=self._store.name,
            Key=pool_key(campaign_id, prize, batch),
            UpdateExpression="ADD drawn :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"]["drawn"]["N"]) - 1

    def note_swept(self, campaign_id: str, prize: str, batch: str, upto: int) -> None:
        """Note that the blocks below ``upto`` are used up, unless more are known to be."""
        self._store.call_if(
            "update_item",
            Key=pool_key(campaign_id, prize, batch),
            UpdateExpression="SET swept = :upto",
            ConditionExpression="swept < :upto",
            ExpressionAttributeValues={":upto": {"N": str(upto)}},
        )

    def read(
        self, campaign_id: str, prize: str, batch: str, numbers: Iterable[int]
    ) -> dict[int, StoredBlock]:
        """Read blocks by number, consistently; absent ones are left out."""
        keys = [block_key(campaign_id, prize, batch, number) for number in numbers]
        blocks = (_block(campaign_id, prize, batch, item) for item in self._store.get_many(keys))
        return {block.number: block for block in blocks}

    def returned(self, campaign_id: str, prize: str, *, most: int) -> Sequence[ReturnedUnit]:
        """Read the first units that came back, consistently."""
        answer = self._store.call(
            "query",
            TableName=self._store.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": returned_pk(campaign_id, prize)}},
            ConsistentRead=True,
            Limit=most,
        )
        return [
            ReturnedUnit(
                campaign_id=campaign_id,
                prize=prize,
                unit=item["sk"]["S"],
                code=item["code"]["S"] if "code" in item else None,
            )
            for item in answer["Items"]
        ]


def _item(campaign_id: str, prize: str, batch: str, block: Block) -> Item:
    item: Item = {
        **block_key(campaign_id, prize, batch, block.number),
        "block": {"N": str(block.number)},
        "next": {"N": "0"},
        "size": {"N": str(block.size)},
    }
    if block.codes:
        item["codes"] = {"S": json.dumps(block.codes, separators=(",", ":"))}
    return item


def _block(campaign_id: str, prize: str, batch: str, item: Item) -> StoredBlock:
    codes = item.get("codes")
    number = int(item["block"]["N"])
    withdrawal = item.get("withdrawal", {"S": ""})["S"]
    return StoredBlock(
        campaign_id=campaign_id,
        prize=prize,
        batch=batch,
        number=number,
        next=int(item["next"]["N"]),
        size=int(item["size"]["N"]),
        codes=tuple(json.loads(codes["S"])) if codes else (),
        withdrawal=withdrawal,
        withdrawn=WithdrawnRange(
            block=number,
            first=int(item["withdrawn_from"]["N"]),
            until=int(item["withdrawn_until"]["N"]),
        )
        if withdrawal
        else None,
    )
