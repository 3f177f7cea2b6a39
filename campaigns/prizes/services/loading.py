"""Carrying what a publish promised to the stock table: units and moments first, before any release names them."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, count, islice

from campaignhub import ingest
from campaignhub.errors import DomainError
from campaigns.prizes.models import Prize, PrizeKind, SealedSet, StockBatch
from campaigns.prizes.models.prize import MOST_STOCK
from campaigns.prizes.rules.sealing import SealedMoment, read_list
from campaigns.prizes.services.pool import FALLBACK_PLACE, codes_between, test_code
from campaigns.prizes.services.stock import newest_set
from campaigns.prizes.services.withdrawing import (
    UnitsStillLeaving,
    are_leaving,
    kept_in_blocks,
    withdraw_pending,
    withdrawn_given,
)
from campaigns.setup.models import Campaign
from ingest_lambda.contract.stock import Block, Given, Moment, block_sizes

BLOCKS_AT_ONCE = 100
SLICE_SECONDS = 12
"""After which a publish leaves the rest to the clock, which goes on where this stopped."""
_VOID = timedelta(seconds=1)
GivenReader = Callable[[Campaign, bool], Iterable[Given]]
_readers: list[GivenReader] = []


class StockStillLoading(DomainError):
    """The table has not all units yet; what was live before stays live until it has."""


def know_given(reader: GivenReader) -> None:
    """Let a room above say which units of a campaign, live or test, are given: those are restored first."""
    _readers.append(reader)


def load_stock(campaign: Campaign, *, is_test: bool, withdraws: bool = True) -> None:
    """Load the batches and the newest set of moments that the table lacks; twice changes nothing.

    What was open before is restored instead: what is known to be given is noted first, so
    that nothing put back is given again. What is to be taken out of the stock goes last;
    without ``withdraws`` that is left to the clock, whose role alone may do it.

    Raises:
        StockStillLoading, UnitsStillLeaving: there is more than fits into one go; call it again.
        IngestBusy: the table is busy or away.
    """
    until = time.monotonic() + SLICE_SECONDS
    campaign_id = str(campaign.test_id if is_test else campaign.pk)
    batches = StockBatch.objects.filter(
        prize__campaign=campaign, is_test=is_test, is_loaded=False
    ).select_related("prize")
    sealed = newest_set(campaign, is_test=is_test)
    moments_due = sealed is not None and not sealed.is_loaded
    due = list(batches)
    if moments_due or any(batch.opened_at for batch in due):
        gone = () if is_test else withdrawn_given(campaign)
        known = (reader(campaign, is_test) for reader in _readers)
        ingest.restore_given(campaign_id, chain(gone, *known))
    for prize in Prize.objects.filter(campaign=campaign).exclude(fallback_code=""):
        if prize.has_fallback:
            code = test_code(prize, FALLBACK_PLACE) if is_test else prize.fallback_code
            ingest.put_fallback(campaign_id, prize.key, code)
    for batch in due:
        _load_batch(batch, campaign_id, until)
    if sealed is not None and moments_due:
        _load_moments(sealed, campaign, campaign_id)
    if is_test or not are_leaving(campaign):
        return
    if not withdraws:
        raise UnitsStillLeaving("Prizes are being taken out of the stock. This goes live then.")
    withdraw_pending(campaign, at=_now(), until=until)


def forget_loaded(campaign: Campaign, *, is_test: bool) -> None:
    """Have everything restored with the next :func:`load_stock`: the table may have lost it."""
    StockBatch.objects.filter(prize__campaign=campaign, is_test=is_test).update(
        is_loaded=False, loaded_blocks=0
    )
    newest = newest_set(campaign, is_test=is_test)
    if newest:
        SealedSet.objects.filter(pk=newest.pk).update(is_loaded=False)


def _load_batch(batch: StockBatch, campaign_id: str, until: float) -> None:
    mine = StockBatch.objects.filter(pk=batch.pk)
    sizes = block_sizes(batch.units)
    put = ingest.restore_blocks if batch.opened_at else ingest.load_blocks
    blocks = _blocks(batch, sizes)
    while group := list(islice(blocks, BLOCKS_AT_ONCE)):
        if time.monotonic() > until:
            raise StockStillLoading(
                f"Units of {batch.prize} are being loaded: {sum(sizes[: batch.loaded_blocks]):,} of {batch.units:,}."
            )
        try:
            put(campaign_id, batch.prize.key, batch.name, group)
        except ingest.BatchIsOpen:
            break  # the clock has loaded all of it meanwhile, or this database is an older one
        batch.loaded_blocks = group[-1].number + 1
        mine.update(loaded_blocks=batch.loaded_blocks)
    ingest.open_batch(campaign_id, batch.prize.key, batch.name, blocks=len(sizes))
    mine.update(is_loaded=True)
    if batch.opened_at is None:
        mine.update(opened_at=_now())


def _blocks(batch: StockBatch, sizes: Sequence[int]) -> Iterator[Block]:
    """Yield the blocks of a batch that are not loaded yet."""
    start = batch.loaded_blocks
    codes = _codes(batch.prize, batch.first + sum(sizes[:start]), batch.is_test)
    kept = kept_in_blocks(batch)
    for number, units in enumerate(sizes[start:], start):
        mine = tuple(islice(codes, units))
        if batch.prize.kind == PrizeKind.CODE and len(mine) < units:
            raise StockStillLoading(f"{batch.prize} has fewer codes than stock.")
        if (size := kept.get(number, units)) > 0:
            yield Block(number=number, size=size, codes=mine[:size])


def _codes(prize: Prize, first: int, is_test: bool) -> Iterator[str]:
    """Yield the codes of a prize's units from one on: none for things, none of value in a test."""
    if prize.kind != PrizeKind.CODE:
        return iter(())
    if is_test:
        return (test_code(prize, place) for place in count(first))
    return codes_between(prize, first, MOST_STOCK)


def _load_moments(sealed: SealedSet, campaign: Campaign, campaign_id: str) -> None:
    put = ingest.restore_moments if sealed.loaded_at else ingest.load_moments
    moments = list(_moments(sealed, campaign))
    put(campaign_id, sealed.set_id, moments, timezone=campaign.timezone)
    mine = SealedSet.objects.filter(pk=sealed.pk)
    mine.update(is_loaded=True)
    mine.filter(loaded_at=None).update(loaded_at=_now())


def _moments(sealed: SealedSet, campaign: Campaign) -> Iterator[Moment]:
    """Yield a set's moments as the writer takes them: with their end, their rank and their code."""
    rows: Mapping[str, Prize] = {row.key: row for row in campaign.prize_rows.all()}
    by_prize: dict[str, list[SealedMoment]] = {}
    for one in read_list(sealed.moments):
        by_prize.setdefault(one.prize, []).append(one)
    for key, moments in by_prize.items():
        plan, codes = sealed.plan[key], _codes_of(rows[key], moments, sealed.is_test)
        for one in moments:
            yield Moment(
                prize=key,
                unit=f"u{one.unit}",
                at=one.at,
                until=_until(one.at, plan),
                rank=plan["rank"],
                code=codes.get(one.unit),
            )


def _codes_of(prize: Prize, moments: Sequence[SealedMoment], is_test: bool) -> dict[int, str]:
    if prize.kind != PrizeKind.CODE:
        return {}
    last = max(one.unit for one in moments)
    codes = dict(enumerate(islice(_codes(prize, 0, is_test), last + 1)))
    if len(codes) <= last:
        raise StockStillLoading(f"{prize} has fewer codes than moments.")
    return codes


def _until(at: datetime, plan: Mapping[str, object]) -> datetime | None:
    if plan["unclaimed"] == "void":
        return at + _VOID
    minutes = plan["window_minutes"]
    return at + timedelta(minutes=int(str(minutes))) if minutes else None


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()
