"""What a publish gives out: the plan for the manifest, the units behind it, and moments under their seal.

Unit numbers are for ever. A prize for everyone has units in batches, a prize by moments has
one at each moment; where a unit is a code, it is the code at that place of the pool.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from random import SystemRandom
from typing import Any
from uuid import uuid4

from django.db.models import Sum

from campaigns.accounts.models import User
from campaigns.prizes.models import Prize, SealedSet, StockBatch
from campaigns.prizes.rules.facts import PrizeFacts
from campaigns.prizes.rules.plan import draw
from campaigns.prizes.rules.sealing import (
    NONCE_BYTES,
    SealedMoment,
    canonical_list,
    numbered,
    read_list,
    seal_of,
)
from campaigns.prizes.services.amending import Amendment
from campaigns.prizes.services.facts import facts_of
from campaigns.prizes.services.release_plan import by_moment, ordered, plan_of
from campaigns.prizes.services.withdrawing import (
    ask_withdrawal,
    too_low,
    units_taken,
    withdrawn_of,
)
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.contract import Mechanic, PrizePlan
from ingest_lambda.contract.stock import local_day

MOST_TEST_UNITS = 200
"""Of a prize in a test: enough to try it out, and no real code is used."""


def settle_stock(
    campaign: Campaign,
    *,
    is_test: bool,
    opens_at: datetime,
    closes_at: datetime,
    actor: User | None,
    at: datetime,
) -> PrizePlan | None:
    """Decide which units a release gives, and draw and seal its moments; return its plan.

    To be called in the transaction that publishes, with the campaign locked. With the same
    settings the set that is there is kept. Before the opening a change draws all of it
    afresh; after it what was sealed stays, and more stock gets moments from now on.

    Raises:
        StockTooLow: an amendment lowers stock below what is given or due.
        MomentsAreSealed: it changes hours or weekdays of moments that are sealed.
    """
    rows = ordered(campaign)
    for row in rows:
        if row.mechanic == Mechanic.EVERYONE:
            _settle_batches(row, is_test=is_test, actor=actor, at=at)
    timed = by_moment(rows)
    if not timed:
        return plan_of(campaign, rows, None, ())
    times = (opens_at, closes_at)
    plan = {row.key: _settings(row, rank, times) for rank, row in enumerate(timed, 1)}
    last = newest_set(campaign, is_test=is_test)
    if last is None or last.plan != plan:
        facts = [facts_of(row) for row in timed]
        # A first prize by moments may join while people enter: none of its moments lies behind.
        is_amended = last is not None or _is_published(campaign)
        if is_test:
            moments = _due_at_once(campaign, facts, times[0])
        elif is_amended and opens_at <= at:
            amends = Amendment(campaign, times, actor=actor, at=at)
            moments = amends.moments(last, timed, facts)
        else:
            moments = _drawn(facts, times, zone=campaign.timezone)
        last = _seal(campaign, moments, plan, is_test=is_test, actor=actor, at=at)
    days = {local_day(one.at, campaign.timezone) for one in read_list(last.moments)}
    return plan_of(campaign, rows, last.set_id, sorted(days))


def _is_published(campaign: Campaign) -> bool:
    return campaign.state in (CampaignState.LIVE, CampaignState.PAUSED)


def newest_set(campaign: Campaign, *, is_test: bool) -> SealedSet | None:
    """Return the set of moments that the newest release names."""
    sets = SealedSet.objects.filter(campaign=campaign, is_test=is_test)
    return sets.order_by("-sealed_at", "-pk").first()


def seal_named(plan: PrizePlan | None) -> str:
    """Return the seal of the moments that a plan names; empty where it names none."""
    if plan is None or plan.moment_set is None:
        return ""
    return SealedSet.objects.get(set_id=plan.moment_set).sha256


def revealed(plan: PrizePlan | None) -> str:
    """Return nonce and list of a plan's moments as the file that is published after the close.

    SHA-256 of the nonce's 32 bytes and everything behind the empty line is the seal.
    """
    if plan is None or plan.moment_set is None:
        return ""
    sealed = SealedSet.objects.get(set_id=plan.moment_set)
    return f"sha256 {sealed.sha256}\nnonce {sealed.nonce}\n\n{sealed.moments}"


def is_changed(campaign: Campaign, named: PrizePlan | None) -> bool:
    """Tell whether a publish would give other prizes, by other rules or in other numbers, than the plan ``named``.

    The dates, by which moments are drawn too, are told as dates.
    """
    rows = ordered(campaign)
    timed = by_moment(rows)
    drafted = plan_of(campaign, rows, "draft" if timed else None, ())
    if drafted is None or named is None:
        return drafted is not named
    if (drafted.prizes, drafted.limits) != (named.prizes, named.limits):
        return True
    last = newest_set(campaign, is_test=False)
    sealed = last.plan if last else {}
    return any(
        _undated(_settings(row, rank, None)) != _undated(sealed.get(row.key, {}))
        for rank, row in enumerate(timed, 1)
    ) or any(
        row.stock != _batched(row, is_test=False)
        for row in rows
        if row.mechanic == Mechanic.EVERYONE
    )


def _undated(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in _DATES}


def promised_codes(row: Prize) -> int:
    """Return up to which place the pool of a prize belongs to units that were in the live stock once.

    Whoever won one of them has its code, also where the stock was lowered since.
    """
    if row.mechanic != Mechanic.MOMENT:
        return _units_ever(row, is_test=False)
    sets = SealedSet.objects.filter(campaign=row.campaign_id, is_test=False)
    units = [
        one.unit
        for sealed in sets.exclude(loaded_at=None, is_loaded=False)
        for one in read_list(sealed.moments)
        if one.prize == row.key
    ]
    return max(max(units, default=-1) + 1, published_stock(row))


def published_stock(row: Prize) -> int:
    """Return how many units of a prize its live releases have promised."""
    if row.mechanic == Mechanic.MOMENT:
        last = newest_set(row.campaign, is_test=False)
        return int(last.plan.get(row.key, {}).get("stock", 0)) if last else 0
    return _batched(row, is_test=False)


_DATES = ("opens_at", "closes_at")


def _settings(row: Prize, rank: int, times: tuple[datetime, datetime] | None) -> dict[str, Any]:
    brought = row.brought.times if row.pace == "list" and hasattr(row, "brought") else None
    return {
        "rank": rank,
        **({name: at.isoformat() for name, at in zip(_DATES, times, strict=True)} if times else {}),
        "brought": brought,
        **{
            name: getattr(row, name)
            for name in (
                *("kind", "stock", "pace", "from_hour", "until_hour", "weekdays"),
                *("unclaimed", "window_minutes"),
            )
        },
    }


def _settle_batches(row: Prize, *, is_test: bool, actor: User | None, at: datetime) -> None:
    """Add a batch for what is more than before; have taken out what is less."""
    wanted = min(row.stock, MOST_TEST_UNITS) if is_test else row.stock
    there = _batched(row, is_test=is_test)
    if wanted < there and not is_test:
        won = len(units_taken(row))
        if wanted < won:
            raise too_low(row, won)
        ask_withdrawal(row, there - wanted, actor=actor, at=at)
    if wanted > there:
        StockBatch.objects.create(
            prize=row,
            is_test=is_test,
            number=StockBatch.objects.filter(prize=row, is_test=is_test).count() + 1,
            first=_units_ever(row, is_test=is_test),
            units=wanted - there,
        )


def _batched(row: Prize, *, is_test: bool) -> int:
    """Return how many units are promised: what was loaded without what is withdrawn."""
    return _units_ever(row, is_test=is_test) - (0 if is_test else withdrawn_of(row))


def _units_ever(row: Prize, *, is_test: bool) -> int:
    batches = StockBatch.objects.filter(prize=row, is_test=is_test)
    return batches.aggregate(units=Sum("units"))["units"] or 0


def _drawn(
    prizes: Sequence[PrizeFacts], times: tuple[datetime, datetime], *, zone: str
) -> list[SealedMoment]:
    return [
        one
        for prize in prizes
        for one in numbered(prize.key, draw(SystemRandom(), prize, prize.stock, *times, zone=zone))
    ]


def _due_at_once(
    campaign: Campaign, prizes: Sequence[PrizeFacts], opens_at: datetime
) -> list[SealedMoment]:
    """Return the moments of a test, with units that no earlier test had: those may be won, and are won once."""
    known: dict[str, int] = {}
    for sealed in SealedSet.objects.filter(campaign=campaign, is_test=True):
        for one in read_list(sealed.moments):
            known[one.prize] = max(known.get(one.prize, -1), one.unit)
    return [
        one
        for prize in prizes
        for one in numbered(
            prize.key,
            [opens_at] * min(prize.stock, MOST_TEST_UNITS),
            first=known.get(prize.key, -1) + 1,
        )
    ]


def _seal(
    campaign: Campaign,
    moments: Sequence[SealedMoment],
    plan: dict[str, Any],
    *,
    is_test: bool,
    actor: User | None,
    at: datetime,
) -> SealedSet:
    nonce, text = secrets.token_bytes(NONCE_BYTES), canonical_list(moments)
    return SealedSet.objects.create(
        campaign=campaign,
        is_test=is_test,
        set_id=uuid4().hex,
        nonce=nonce.hex(),
        moments=text,
        sha256=seal_of(nonce, text),
        plan=plan,
        sealed_at=at,
        sealed_by=actor,
    )
