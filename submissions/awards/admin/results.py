"""A campaign's results as pictures, each with its numbers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from campaignhub.staff_site.views import StaffPage
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import can
from campaigns.prizes.rules.words import money
from campaigns.publishing.rules.publish_checks.texts import language_name
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from campaigns.setup.services.scope import campaigns_of
from submissions.awards.rules.curves import HEIGHT, WIDTH, Bar, bars
from submissions.awards.rules.low_stock import Low
from submissions.awards.services.results import PrizeResult, Results, results_of
from submissions.mirror.admin.person import staff_of


@dataclass(frozen=True)
class ShownPrize:
    """A prize on the dashboard."""

    result: PrizeResult
    bars: list[Bar]
    cost: str
    forecast: str
    unawarded: list[tuple[str, int]]


class CampaignResults(StaffPage):
    """What came in, what was won, what is left and what it has cost so far."""

    capability = Capability.CAMPAIGN_VIEW
    template_name = "admin/awards/results.html"
    campaign: Campaign

    def read(self, **named: Any) -> None:
        """Find the campaign among those that this person may see."""
        mine = campaigns_of(staff_of(self.request), self.capability).select_related("client")
        self.campaign = get_object_or_404(mine, pk=named["campaign_id"])
        self.title = f"Results of {self.campaign}"

    def shown(self) -> dict[str, Any]:
        """Add the numbers and the geometry of their pictures."""
        results = results_of(self.campaign, now=timezone.now())
        prizes = [_shown(prize, self.campaign) for prize in results.prizes]
        return {
            "campaign": self.campaign,
            "results": results,
            "cost": money(results.cost, self.campaign.currency) if results.cost is not None else "",
            "bars": bars(results.received, results.valid),
            "most": max(results.received, default=0),
            "width": WIDTH,
            "height": HEIGHT,
            "rows": _rows(results),
            "lists": [
                ("Where entries came from", "Source", results.sources),
                ("Stores", "Store", results.stores),
                ("Languages", "Language", _named(results.languages)),
            ],
            "prizes": prizes,
            "is_over": self.campaign.state in (CampaignState.CLOSED, CampaignState.ARCHIVED),
            "may_see_winners": can(
                staff_of(self.request), Capability.SUBMISSION_VIEW, self.campaign.client
            ),
            "may_raise": can(
                staff_of(self.request), Capability.CAMPAIGN_EDIT, self.campaign.client
            ),
        }


def _named(counted: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(language_name(code), count) for code, count in counted]


def _shown(prize: PrizeResult, campaign: Campaign) -> ShownPrize:
    return ShownPrize(
        result=prize,
        bars=bars(prize.days, prize.days),
        cost="" if prize.cost is None else money(prize.cost, campaign.currency),
        forecast=_forecast(prize),
        unawarded=[(reason.value, count) for reason, count in prize.unawarded.items()],
    )


def _forecast(prize: PrizeResult) -> str:
    if prize.low is Low.FEW and not prize.curve.empty_on:
        return f"Only {prize.left:,} of {prize.stock:,} left."
    if not prize.left:
        return "None left."
    if prize.curve.empty_on:
        return f"At the pace of the last 7 days, none will be left on {prize.curve.empty_on:%-d %B %Y}."
    return "At the pace of the last 7 days, it lasts to the end." if prize.curve.forecast else ""


def _rows(results: Results) -> list[tuple[date, list[int]]]:
    """Return the table of days, the newest first: entries, valid ones, and each prize's."""
    columns = [results.received, results.valid, *(prize.days for prize in results.prizes)]
    rows = [(day, [column[n] for column in columns]) for n, day in enumerate(results.days)]
    return rows[::-1]
