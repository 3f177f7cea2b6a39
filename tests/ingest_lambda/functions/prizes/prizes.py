"""What tests of prizes are made from: plans, moments, blocks, and a count of what is left."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from ingest_lambda.adapters.stock import Stock
from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import (
    AwardRecord,
    AwardState,
    Block,
    Moment,
    PrizeOutcome,
    SubmissionRecord,
    unit_name,
)
from tests.ingest_lambda.writing import NOON, Desk

VOUCHER = {"name": "voucher", "names": {"en": "A voucher"}, "mechanic": "moment"}
STICKER = {"name": "sticker", "names": {"en": "A sticker"}, "mechanic": "everyone"}
SET = "s1"
DAY = "2026-06-10"


class Stocked(Protocol):
    """What has a stock table."""

    stock: Stock


class Campaign(Stocked, Protocol):
    """A campaign's tables, whoever writes to them."""

    table: Table

    def stored(self, submission_id: UUID) -> SubmissionRecord:
        """Read a submission that is there."""


def plan(*prizes: dict[str, Any], limits: Iterable[dict[str, Any]] = (), **more: Any) -> Any:
    """Write a plan as a manifest has it, with the moments' set and day if a prize needs them."""
    by_moment = any(prize["mechanic"] == "moment" for prize in prizes)
    moments = {"moment_set": SET, "moment_days": (DAY,)} if by_moment else {}
    return {"prizes": prizes, "limits": tuple(limits), **moments, **more}


def vouchers(
    count: int, *, at: datetime = NOON - timedelta(hours=1), codes: bool = True, **more: Any
) -> list[Moment]:
    """Make moments that are due at once, each with its code."""
    return [
        Moment(prize="voucher", unit=str(n), at=at, code=f"CODE-{n}" if codes else None, **more)
        for n in range(count)
    ]


def load_vouchers(desk: Stocked, moments: Iterable[Moment], moment_set: str = SET) -> None:
    """Put a set of moments of the campaign."""
    desk.stock.moments.load("c1", moment_set, moments, timezone="Europe/London")


def load_stickers(
    desk: Stocked, count: int, *, size: int = 1, batch: str = "b1", codes: bool = False
) -> None:
    """Put stickers in blocks of ``size`` and open their batch."""
    numbers = range((count + size - 1) // size)
    blocks = []
    for number in numbers:
        units = min(size, count - number * size)
        names = [unit_name(batch, number, index) for index in range(units)]
        blocks.append(
            Block(
                number=number,
                size=units,
                codes=tuple(f"CODE-{name}" for name in names) if codes else (),
            )
        )
    desk.stock.blocks.load("c1", "sticker", batch, blocks)
    desk.stock.blocks.open("c1", "sticker", batch, blocks=len(blocks))


def pause(desk: Desk) -> None:
    """Pause the campaign, and let the writer know at once."""
    manifest = desk.table.published.release("summer", 1)
    assert manifest
    desk.publish(manifest, paused=True)
    desk.writer.releases._currents.clear()


def award_of(desk: Campaign, submission_id: UUID, prize: str) -> AwardRecord | None:
    """Read one award of a submission."""
    awards = desk.table.submissions.awards(submission_id)
    return next((award for award in awards if award.prize == prize), None)


def outcome_of(desk: Campaign, submission_id: UUID, prize: str) -> PrizeOutcome | None:
    """Read what became of a prize for a submission."""
    return desk.stored(submission_id).prizes.get(prize)


def items_of(stock: Stock, begins: str) -> list[dict[str, Any]]:
    """Read all items of the stock whose partition begins so."""
    found = []
    for page in stock.store.pages("scan", ConsistentRead=True):
        found += [item for item in page if item["pk"]["S"].startswith(begins)]
    return found


def given_units(stock: Stock, prize: str) -> dict[str, str]:
    """Return who has each given unit of a prize."""
    return {
        item["pk"]["S"].rsplit("#", 1)[1]: item["submission_id"]["S"]
        for item in items_of(stock, f"GIVEN#c1#{prize}#")
    }


def units_left(stock: Stock, prize: str) -> set[str]:
    """Return the units of a prize that lie in the stock and are given to nobody."""
    left = {
        item["unit"]["S"]
        for item in items_of(stock, "MOMENT#c1#")
        if item["sk"]["S"].split("#")[2] == prize
    }
    for item in items_of(stock, f"UNIT#c1#{prize}#"):
        if item["sk"]["S"] != "BLOCK":
            left.add(item["sk"]["S"])
            continue
        batch = item["pk"]["S"].split("#")[3]
        left |= {
            unit_name(batch, int(item["block"]["N"]), index)
            for index in range(int(item["next"]["N"]), int(item["size"]["N"]))
        }
    return left - set(given_units(stock, prize))


def all_awards(desk: Campaign, prize: str) -> list[AwardRecord]:
    """Read every award of a prize that was not released."""
    found = []
    for page in desk.table.store.pages("scan", ConsistentRead=True):
        found += [
            AwardRecord.from_attributes(item)
            for item in page
            if item["sk"]["S"] == f"AWARD#{prize}"
        ]
    return [a for a in found if a.state is not AwardState.RELEASED]


def assert_each_unit_is_given_once(desk: Campaign, prize: str, stock: int) -> None:
    """Check that awards and given units agree one to one, and that nothing of the stock is lost.

    Of a revoked award the unit is given still, or went back into the stock.
    """
    awards = all_awards(desk, prize)
    given = given_units(desk.stock, prize)
    alive = [award for award in awards if award.state is not AwardState.REVOKED]
    kept = [
        award
        for award in awards
        if award.state is AwardState.REVOKED and given.get(award.unit) == str(award.submission_id)
    ]
    assert max(Counter(award.unit for award in (*alive, *kept)).values(), default=1) == 1
    assert {award.unit: str(award.submission_id) for award in (*alive, *kept)} == given
    assert len(given) + len(units_left(desk.stock, prize)) == stock
