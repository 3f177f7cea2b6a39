"""How many units of each prize nobody has, by the awards that the mirror brought."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count

from campaigns.prizes.models import Prize, PrizeKind
from campaigns.setup.models import Campaign
from ingest_lambda.contract import AwardState
from submissions.mirror.models import Award

KEPT_SECONDS = 60


@dataclass(frozen=True)
class Stock:
    """What is left of a prize."""

    name: str
    left: int
    of: int


def taken_of(by_state: Mapping[str, int], *, is_code: bool) -> int:
    """Return how many units are not in stock: a code that was shown stays given, a thing that is revoked returns."""
    states = [AwardState.CONFIRMED, AwardState.PROVISIONAL]
    if is_code:
        states.append(AwardState.REVOKED)
    return sum(by_state.get(state.value, 0) for state in states)


def stock_of(campaigns: Sequence[Campaign]) -> dict[UUID, list[Stock]]:
    """Return what is left of each prize of each campaign, with two queries for all of them, once a minute."""
    if not campaigns:
        return {}
    key = "stock:" + ",".join(sorted(campaign.pk.hex for campaign in campaigns))
    found: dict[UUID, list[Stock]] | None = cache.get(key)
    if found is None:
        found = _counted([campaign.pk for campaign in campaigns])
        cache.set(key, found, KEPT_SECONDS)
    return found


def _counted(campaigns: Sequence[UUID]) -> dict[UUID, list[Stock]]:
    states: dict[tuple[UUID, str], dict[str, int]] = defaultdict(dict)
    awards = Award.objects.order_by().filter(campaign__in=campaigns, is_test=False)
    counted = awards.values_list("campaign", "prize", "state").annotate(count=Count("pk"))
    for campaign, prize, state, count in counted:
        states[campaign, prize][state] = count
    found: dict[UUID, list[Stock]] = defaultdict(list)
    for row in Prize.objects.filter(campaign__in=campaigns).order_by("position", "pk"):
        taken = taken_of(states[row.campaign_id, row.key], is_code=row.kind == PrizeKind.CODE)
        found[row.campaign_id].append(Stock(str(row), max(0, row.stock - taken), row.stock))
    return dict(found)
