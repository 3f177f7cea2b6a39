"""How many units of each prize were published: a stock that is drafted since is not given to anybody yet."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Sum

from campaigns.prizes.models import SealedSet, StockBatch, StockWithdrawal
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Mechanic


def live_stock(campaigns: Sequence[Campaign]) -> dict[tuple[UUID, str], int]:
    """Return the published stock by campaign and key, with three queries; a prize that is only drafted is not in it."""
    found: dict[tuple[UUID, str], int] = {}
    real = {"prize__campaign__in": campaigns}
    units = StockBatch.objects.order_by().filter(is_test=False, **real)
    for campaign, key, count in units.values_list("prize__campaign", "prize__key").annotate(
        count=Sum("units")
    ):
        found[campaign, key] = count
    gone = StockWithdrawal.objects.order_by().filter(
        prize__mechanic=Mechanic.EVERYONE, **real
    )  # what goes of moments is out of their set
    for campaign, key, count in gone.values_list("prize__campaign", "prize__key").annotate(
        count=Sum("units")
    ):
        found[campaign, key] = found.get((campaign, key), 0) - count
    sets = SealedSet.objects.filter(campaign__in=campaigns, is_test=False)
    for campaign, plan in sets.order_by("sealed_at", "pk").values_list("campaign", "plan"):
        found.update({(campaign, key): one["stock"] for key, one in plan.items()})
    return found
