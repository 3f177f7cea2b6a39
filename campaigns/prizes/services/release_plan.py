"""The plan that a release's manifest names: its prizes in order, and the limits on their awards."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import uuid4

from campaigns.prizes.models import Prize
from campaigns.prizes.rules.facts import PrizeFacts
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

MOST_DAYS = 400


def ordered(campaign: Campaign) -> list[Prize]:
    """Return the prizes in the order in which they are offered: the dearest first."""
    rows = campaign.prize_rows.select_related("brought")
    return sorted(rows, key=lambda row: (-(row.value or 0), row.position, row.pk))


def longest_plan(campaign: Campaign) -> PrizePlan | None:
    """Return the plan of a draft as it is at most: with moments on every day. For the size of a manifest."""
    rows = ordered(campaign)
    opens_at, closes_at = campaign.opens_at, campaign.closes_at
    if opens_at is None or closes_at is None or not by_moment(rows):
        return plan_of(campaign, rows, None, ())
    span = min((closes_at - opens_at).days + 2, MOST_DAYS)
    days = (local_day(opens_at + timedelta(days=day), campaign.timezone) for day in range(span))
    return plan_of(campaign, rows, uuid4().hex, sorted(set(days)))


def by_moment(rows: Sequence[Prize]) -> list[Prize]:
    """Return those that winning moments decide."""
    return [row for row in rows if row.mechanic == Mechanic.MOMENT]


def plan_of(
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
                fallback=row.has_fallback,
            )
            for row in rows
        ),
        limits=tuple(award_limits(campaign.prize_cap, rows)),
        moment_set=moment_set,
        moment_days=tuple(days),
    )


def award_limits(cap: str, rows: Sequence[Prize | PrizeFacts]) -> Iterable[AwardLimitSpec]:
    """Return the limits that a cap comes to: on prizes by chance together or by tier, on each other prize by itself."""
    if not cap:
        return
    by_chance = [row for row in rows if row.mechanic == Mechanic.MOMENT]
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
