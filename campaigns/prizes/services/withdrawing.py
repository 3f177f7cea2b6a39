"""Lowering the stock of a published prize: units that nobody has won are taken out of the stock table.

What goes is decided there, unit by unit, against the claims of writers: a unit is either
won or withdrawn. So the number that is asked for is checked against what is known to be won,
and at the end is what really went.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from campaignhub import ingest
from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from campaigns.prizes.models import Prize, SealedSet, StockBatch, StockWithdrawal
from campaigns.setup.models import Campaign
from campaigns.setup.services.campaign import locked
from ingest_lambda.contract import Mechanic, WithdrawnRange, unit_name
from ingest_lambda.contract.stock import Given, block_sizes

BLOCKS_AT_ONCE = 100
NAMES_AT_ONCE = 200
_TO_ITS_END = -1
"""In the place of the unit behind the last, where all the rest of a block went."""

UnitsTaken = Callable[[Prize], Iterable[str]]
_readers: list[UnitsTaken] = []


class StockTooLow(DomainError):
    """Less stock than is given or due by now."""


class UnitsStillLeaving(DomainError):
    """Units are being taken out of the stock; the release goes live after that."""


def know_taken(reader: UnitsTaken) -> None:
    """Let a room above say which units of a prize are not in stock any more, in the live campaign."""
    _readers.append(reader)


def units_taken(prize: Prize) -> set[str]:
    """Return the units of a prize that entries have, as far as the mirror knows."""
    return {unit for reader in _readers for unit in reader(prize)}


def too_low(prize: Prize, won: int) -> StockTooLow:
    """Return the refusal of a stock below what is won."""
    are = "is" if won == 1 else "are"
    return StockTooLow(
        f"{won:,} of {prize} {are} won already, so its stock can be lowered to {won:,} and no further."
    )


def withdrawn_of(prize: Prize) -> int:
    """Return how many units of a prize went out of its live stock, or are asked to go."""
    return prize.withdrawals.aggregate(units=Sum("units"))["units"] or 0


def ask_withdrawal(
    prize: Prize,
    units: int,
    *,
    planned: Sequence[str] = (),
    actor: User | None,
    at: datetime,
) -> StockWithdrawal:
    """Have so many units taken out before the release goes live; in the transaction that publishes it.

    ``planned`` names them where they are units of moments.
    """
    return StockWithdrawal.objects.create(
        prize=prize, units=units, planned=list(planned), asked_at=at, asked_by=actor
    )


def are_leaving(campaign: Campaign) -> bool:
    """Tell whether units of a campaign are still to be taken out."""
    return _open(campaign).exists()


def withdraw_pending(campaign: Campaign, *, at: datetime, until: float) -> None:
    """Take out what was asked for, on from where an earlier call stopped; twice changes nothing.

    Raises:
        UnitsStillLeaving: ``until`` (of the monotonic clock) is over; call it again.
        IngestBusy: the table is busy or away; call it again.
    """
    for one in _open(campaign).select_related("prize"):
        _from_blocks(one, str(campaign.pk), until)
        _by_name(one, str(campaign.pk), until)
        _end(one, at)


def withdrawn_given(campaign: Campaign) -> Iterator[Given]:
    """Yield what went out by name or from the middle of a block, as given to nobody, for a republish."""
    for one in StockWithdrawal.objects.filter(prize__campaign=campaign).select_related("prize"):
        names = list(one.names)
        for batch, block, _last, first, until in one.ranges:
            if until != _TO_ITS_END:
                names += [unit_name(f"b{batch}", block, index) for index in range(first, until)]
        for name in names:
            yield Given(prize=one.prize.key, unit=name, submission_id=None)


def kept_in_blocks(batch: StockBatch) -> dict[int, int]:
    """Return how many units are left of each block whose end went; a republish puts back no more."""
    kept: dict[int, int] = {}
    if batch.is_test:
        return kept
    for one in StockWithdrawal.objects.filter(prize=batch.prize_id):
        for number, first_block, last_block, first, until in one.ranges:
            if number == batch.number and until == _TO_ITS_END:
                for block in range(first_block, last_block + 1):
                    kept[block] = min(first, kept.get(block, first))
    return kept


def _open(campaign: Campaign) -> QuerySet[StockWithdrawal]:
    return StockWithdrawal.objects.filter(prize__campaign=campaign, ended_at=None).order_by("pk")


def _from_blocks(one: StockWithdrawal, campaign_id: str, until: float) -> None:
    """Empty blocks from the last of the newest batch on: writers begin at the other end."""
    batches = StockBatch.objects.filter(prize=one.prize, is_test=False).order_by("-number")
    for batch in batches:
        if one.place and batch.number > one.place["batch"]:
            continue
        sizes = block_sizes(batch.units)
        is_here = one.place and one.place["batch"] == batch.number
        below = one.place["below"] if is_here else len(sizes)
        while below > 0 and one.taken < one.units:
            _refuse_late(one, until)
            numbers = range(below - 1, max(below - 1 - BLOCKS_AT_ONCE, -1), -1)
            gone = ingest.withdraw_from_blocks(
                campaign_id,
                one.prize.key,
                batch.name,
                numbers,
                most=one.units - one.taken,
                withdrawal=f"w{one.pk}",
            )
            below -= len(numbers)
            for taken in gone:
                _note_range(one.ranges, batch.number, taken, sizes[taken.block])
                one.taken += taken.until - taken.first
            one.place = {"batch": batch.number, "below": below}
            one.save(update_fields=["ranges", "taken", "place"])


def _note_range(ranges: list[list[int]], batch: int, taken: WithdrawnRange, size: int) -> None:
    """Add what went out of a block; whole blocks beside each other are one range."""
    until = _TO_ITS_END if taken.until == size else taken.until
    whole = [batch, taken.block + 1, 0, _TO_ITS_END]
    if ranges and taken.first == 0 and until == _TO_ITS_END:
        last = ranges[-1]
        if [last[0], last[1], last[3], last[4]] == whole:
            last[1] = taken.block
            return
    ranges.append([batch, taken.block, taken.block, taken.first, until])


def _by_name(one: StockWithdrawal, campaign_id: str, until: float) -> None:
    tried: set[str] = set()
    is_everyone = one.prize.mechanic == Mechanic.EVERYONE
    while one.planned or (is_everyone and one.taken < one.units):
        _refuse_late(one, until)
        if not one.planned:
            most = min(NAMES_AT_ONCE, one.units - one.taken)
            back = ingest.returned_units(campaign_id, one.prize.key, most=most)
            one.planned = [name for name in back if name not in tried]
            if not one.planned:
                return
            one.save(update_fields=["planned"])
        some = one.planned[:NAMES_AT_ONCE]
        gone = ingest.withdraw_units(campaign_id, one.prize.key, some)
        tried.update(some)
        one.names += gone
        one.taken += len(gone)
        one.planned = one.planned[len(some) :]
        one.save(update_fields=["names", "taken", "planned"])


def _refuse_late(one: StockWithdrawal, until: float) -> None:
    if time.monotonic() > until:
        raise UnitsStillLeaving(
            f"Units of {one.prize} are being taken out: {one.taken:,} of {one.units:,}."
        )


def _end(one: StockWithdrawal, at: datetime) -> None:
    """Note what really went. What entries won in the meantime is stock again: it was promised to them."""
    with transaction.atomic():
        campaign = locked(one.prize.campaign)
        won_first = one.units - one.taken
        running = StockWithdrawal.objects.filter(pk=one.pk, ended_at=None)
        if not running.update(units=one.taken, ended_at=at):
            return  # another clock has ended it, and given back what was won first
        if won_first:
            Prize.objects.filter(pk=one.prize_id).update(stock=F("stock") + won_first)
            _note_in_set(one.prize, won_first)
        audit.record(
            campaign,
            "prize.stock_lowered",
            actor=one.asked_by,
            at=at,
            after={
                "prize": one.prize.key,
                "taken out": one.taken,
                **({"won in the meantime": won_first} if won_first else {}),
            },
        )


def _note_in_set(prize: Prize, more: int) -> None:
    """Let the newest set of moments say the same, so that the next publish does not add what was never missing."""
    sets = SealedSet.objects.filter(campaign=prize.campaign_id, is_test=False)
    newest = sets.order_by("-sealed_at", "-pk").first()
    if newest is not None and prize.key in newest.plan:
        newest.plan[prize.key]["stock"] += more
        SealedSet.objects.filter(pk=newest.pk).update(plan=newest.plan)
