"""What a publish gives out: the plan for the manifest, the units behind it, and moments under their seal.

Unit numbers are for ever. A prize for everyone has units in batches, a prize by moments has
one at each moment; where a unit is a code, it is the code at that place of the pool.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any
from uuid import uuid4

from django.db.models import Sum

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.prizes.models import Prize, SealedSet, StockBatch
from campaigns.prizes.rules.drawing import Pace
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
from campaigns.prizes.services.facts import facts_of
from campaigns.setup.models import Campaign
from ingest_lambda.contract import (
    AwardLimitSpec,
    AwardTiming,
    LimitScope,
    Mechanic,
    PrizePlan,
    PrizeSpec,
)
from ingest_lambda.contract.prizes import MOST_AWARD_LIMITS
from ingest_lambda.contract.stock import local_day

MOST_TEST_UNITS = 200
"""Of a prize in a test: enough to try it out, and no real code is used."""
MOST_DAYS = 400
SETTLING = timedelta(minutes=2)
"""Moments nearer than this may be taken at this very moment, so no amendment moves or adds one there."""


class StockTooLow(DomainError):
    """Less stock than is given or due by now."""


def ordered(campaign: Campaign) -> list[Prize]:
    """Return the prizes in the order in which they are offered: the dearest first."""
    rows = campaign.prize_rows.select_related("brought")
    return sorted(rows, key=lambda row: (-(row.value or 0), row.position, row.pk))


def longest_plan(campaign: Campaign) -> PrizePlan | None:
    """Return the plan of a draft as it is at most: with moments on every day. For the size of a manifest."""
    rows = ordered(campaign)
    opens_at, closes_at = campaign.opens_at, campaign.closes_at
    if opens_at is None or closes_at is None or not _by_moment(rows):
        return _plan(campaign, rows, None, ())
    span = min((closes_at - opens_at).days + 2, MOST_DAYS)
    days = (local_day(opens_at + timedelta(days=day), campaign.timezone) for day in range(span))
    return _plan(campaign, rows, uuid4().hex, sorted(set(days)))


def _by_moment(rows: Sequence[Prize]) -> list[Prize]:
    return [row for row in rows if row.mechanic == Mechanic.MOMENT]


def _plan(
    campaign: Campaign, rows: Sequence[Prize], moment_set: str | None, days: Iterable[str]
) -> PrizePlan | None:
    """Return prizes as the manifest names them."""
    if not rows:
        return None
    return PrizePlan(
        prizes=tuple(
            PrizeSpec(
                name=row.key,
                names={
                    code: text
                    for code, text in row.name.items()
                    if text and code in campaign.languages
                }
                or {campaign.languages[0]: row.key},
                mechanic=Mechanic(row.mechanic),
                timing=AwardTiming(row.timing),
            )
            for row in rows
        ),
        limits=tuple(award_limits(campaign.prize_cap, rows)),
        moment_set=moment_set,
        moment_days=tuple(days),
    )


def award_limits(cap: str, rows: Sequence[Prize]) -> Iterable[AwardLimitSpec]:
    """Return the limits that a cap comes to: on prizes by chance together or by tier, on each other prize by itself."""
    if not cap:
        return
    by_chance = _by_moment(rows)
    others = [row.key for row in rows if row.mechanic != Mechanic.MOMENT]
    groups: dict[str, list[str]] = {}
    for row in by_chance:
        name = f"prize_{row.tier}" if cap == "one_per_tier" else "prize_by_chance"
        groups.setdefault(name, []).append(row.key)
    single = len(groups) + len(others) <= MOST_AWARD_LIMITS
    for key in others:
        groups.setdefault(f"prize_{key}"[:40] if single else "prize_for_everyone", []).append(key)
    for name, keys in groups.items():
        yield AwardLimitSpec(name=name, scope=LimitScope.PERSON, prizes=tuple(keys))


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
    """
    rows = ordered(campaign)
    for row in rows:
        if row.mechanic == Mechanic.EVERYONE:
            _settle_batches(row, is_test=is_test)
    by_moment = _by_moment(rows)
    if not by_moment:
        return _plan(campaign, rows, None, ())
    times = (opens_at, closes_at)
    plan = {row.key: _settings(row, rank, times) for rank, row in enumerate(by_moment, 1)}
    last = newest_set(campaign, is_test=is_test)
    if last is None or last.plan != plan:
        facts = [facts_of(row) for row in by_moment]
        is_open = last is not None and opens_at <= at and not is_test
        moments = (
            _amended(last, facts, times, zone=campaign.timezone, at=at)  # type: ignore[arg-type]
            if is_open
            else _drawn(facts, times, zone=campaign.timezone, is_test=is_test)
        )
        last = _seal(campaign, moments, plan, is_test=is_test, actor=actor, at=at)
    days = {local_day(one.at, campaign.timezone) for one in read_list(last.moments)}
    return _plan(campaign, rows, last.set_id, sorted(days))


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


def published_stock(row: Prize) -> int:
    """Return how many units of a prize its live releases have promised."""
    if row.mechanic == Mechanic.MOMENT:
        last = newest_set(row.campaign, is_test=False)
        return int(last.plan.get(row.key, {}).get("stock", 0)) if last else 0
    return _batched(row, is_test=False)


def _settings(row: Prize, rank: int, times: tuple[datetime, datetime]) -> dict[str, Any]:
    brought = row.brought.times if row.pace == "list" and hasattr(row, "brought") else None
    return {
        "rank": rank,
        "opens_at": times[0].isoformat(),
        "closes_at": times[1].isoformat(),
        "brought": brought,
        **{
            name: getattr(row, name)
            for name in (
                *("kind", "stock", "pace", "from_hour", "until_hour", "weekdays"),
                *("unclaimed", "window_minutes"),
            )
        },
    }


def _settle_batches(row: Prize, *, is_test: bool) -> None:
    wanted = min(row.stock, MOST_TEST_UNITS) if is_test else row.stock
    there = _batched(row, is_test=is_test)
    if wanted < there and not is_test:
        raise StockTooLow(
            f"{row} has been published with {there:,}. Its stock can be raised now, and not lowered."
        )
    if wanted > there:
        StockBatch.objects.create(
            prize=row,
            is_test=is_test,
            number=StockBatch.objects.filter(prize=row, is_test=is_test).count() + 1,
            first=there,
            units=wanted - there,
        )


def _batched(row: Prize, *, is_test: bool) -> int:
    batches = StockBatch.objects.filter(prize=row, is_test=is_test)
    return batches.aggregate(units=Sum("units"))["units"] or 0


def _drawn(
    prizes: Sequence[PrizeFacts], times: tuple[datetime, datetime], *, zone: str, is_test: bool
) -> list[SealedMoment]:
    if is_test:
        return [
            one
            for prize in prizes
            for one in numbered(prize.key, [times[0]] * min(prize.stock, MOST_TEST_UNITS))
        ]
    return [
        one
        for prize in prizes
        for one in numbered(prize.key, draw(SystemRandom(), prize, prize.stock, *times, zone=zone))
    ]


def _amended(
    last: SealedSet,
    prizes: Sequence[PrizeFacts],
    times: tuple[datetime, datetime],
    *,
    zone: str,
    at: datetime,
) -> list[SealedMoment]:
    """Keep what was sealed but for moments of a lowered stock that lie ahead; add those of a raised one."""
    soon = at + SETTLING
    kept: list[SealedMoment] = []
    for prize in prizes:
        there = [one for one in read_list(last.moments) if one.prize == prize.key]
        more = prize.stock - len(there)
        if more < 0:
            ahead = sorted(one for one in there if one.at > soon)
            if len(ahead) < -more:
                raise StockTooLow(
                    f"So many of {prize.words} can't be taken away any more. Lower the stock by less."
                )
            gone = set(ahead[more:])
            there = [one for one in there if one not in gone]
        elif more:
            drawn = _more_times(prize, there, more, max(soon, times[0]), times[1], zone=zone)
            if len(drawn) < more:
                raise StockTooLow(
                    f"No time is left in which {more} more of {prize.words} could be won."
                )
            first = max((one.unit for one in there), default=-1) + 1
            there += numbered(prize.key, drawn, first=first)
        kept += there
    return kept


def _more_times(
    prize: PrizeFacts,
    there: Sequence[SealedMoment],
    more: int,
    opens_at: datetime,
    closes_at: datetime,
    *,
    zone: str,
) -> list[datetime]:
    if prize.pace == Pace.LIST:
        known = {one.at for one in there}
        new = (one for one in prize.brought or () if one not in known)
        return sorted(one for one in new if opens_at <= one < closes_at)[:more]
    try:
        return draw(SystemRandom(), prize, more, opens_at, closes_at, zone=zone)
    except ValueError:
        return []


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
