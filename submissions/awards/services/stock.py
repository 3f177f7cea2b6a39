"""How many units of each prize nobody has, by the awards that the mirror brought."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from campaigns.prizes.models import Prize, PrizeKind
from campaigns.prizes.services.live_stock import live_stock
from campaigns.setup.models import Campaign
from ingest_lambda.contract import AwardState, Mechanic
from submissions.awards.rules.low_stock import PACE_DAYS, Low, empty_on, low_of
from submissions.mirror.models import Award
from submissions.mirror.services.campaign_cache import once_a_minute


@dataclass(frozen=True)
class Stock:
    """What is left of a prize."""

    prize_id: int
    name: str
    left: int
    of: int
    low: Low | None
    """Whether it runs low, which is what staff are told who can raise it."""


def taken_of(by_state: Mapping[str, int], *, is_code: bool) -> int:
    """Return how many units are not in stock: a code that was shown stays given, a thing that is revoked returns."""
    states = [AwardState.CONFIRMED, AwardState.PROVISIONAL]
    if is_code:
        states.append(AwardState.REVOKED)
    return sum(by_state.get(state.value, 0) for state in states)


def stock_of(campaigns: Sequence[Campaign], *, now: datetime) -> dict[UUID, list[Stock]]:
    """Return what is left of each prize of each campaign, with five queries for all of them, once a minute."""
    if not campaigns:
        return {}
    return once_a_minute("stock", campaigns, lambda: count_stock(campaigns, now=now))


def count_stock(campaigns: Sequence[Campaign], *, now: datetime) -> dict[UUID, list[Stock]]:
    """Count what is left of each prize of each campaign now."""
    states: dict[tuple[UUID, str], dict[str, int]] = defaultdict(dict)
    lately: dict[tuple[UUID, str], dict[str, int]] = defaultdict(dict)
    recent = Q(awarded_at__gte=now - timedelta(days=PACE_DAYS))
    awards = Award.objects.order_by().filter(campaign__in=campaigns, is_test=False)
    counted = awards.values_list("campaign", "prize", "state").annotate(
        count=Count("pk"), last_days=Count("pk", filter=recent)
    )
    for campaign, prize, state, count, last_days in counted:
        states[campaign, prize][state] = count
        lately[campaign, prize][state] = last_days
    by_id = {campaign.pk: campaign for campaign in campaigns}
    published = live_stock(campaigns)
    found: dict[UUID, list[Stock]] = defaultdict(list)
    for row in Prize.objects.filter(campaign__in=campaigns).order_by("position", "pk"):
        key, is_code = (row.campaign_id, row.key), row.kind == PrizeKind.CODE
        stock = published.get(key, row.stock)
        left = max(0, stock - taken_of(states[key], is_code=is_code))
        low = low_of(
            left=left,
            of=stock,
            empty_on=_empty_on(
                by_id[row.campaign_id], left, taken_of(lately[key], is_code=is_code), now
            ),
            is_by_moment=row.mechanic == Mechanic.MOMENT,
            is_code=is_code,
            closes_on=_closes_on(by_id[row.campaign_id]),
        )
        found[row.campaign_id].append(Stock(row.pk, str(row), left, stock, low))
    return dict(found)


def _closes_on(campaign: Campaign) -> date | None:
    closes_at = campaign.closes_at
    return closes_at.astimezone(ZoneInfo(campaign.timezone)).date() if closes_at else None


def _empty_on(campaign: Campaign, left: int, taken: int, now: datetime) -> date | None:
    if campaign.opens_at is None or campaign.closes_at is None or campaign.opens_at > now:
        return None
    zone = ZoneInfo(campaign.timezone)
    opened, today, until = (
        at.astimezone(zone).date() for at in (campaign.opens_at, now, campaign.closes_at)
    )
    days = min((today - opened).days + 1, PACE_DAYS)
    return empty_on(left, taken, days, today=today, until=until)
