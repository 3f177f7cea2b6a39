"""Prizes that run low, on the home page of those who can raise their stock."""

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse

from campaignhub.staff_site.home import Line, lines
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import can
from campaigns.workbench.admin.home import campaigns_at_hand
from submissions.awards.rules.low_stock import Low
from submissions.awards.services.low_stock import RUNNING, low_words
from submissions.awards.services.stock import Stock, stock_of
from submissions.mirror.admin.person import staff_of


@lines(25)
def running_low(request: HttpRequest, now: datetime) -> Iterator[Line]:
    """Name the prizes of which a tenth is left, or which run out before the close."""
    user = staff_of(request)
    mine = [
        campaign
        for campaign in campaigns_at_hand(request, now)
        if campaign.state in RUNNING and can(user, Capability.CAMPAIGN_EDIT, campaign.client)
    ]
    stock = stock_of(mine, now=now)
    for campaign in mine:
        for prize in stock.get(campaign.pk, ()):
            if prize.low:
                yield Line(
                    "warn",
                    campaign.name,
                    f"{_words(prize)} Raise the stock if more are to be won.",
                    reverse("admin:campaigns_campaign_change", args=[campaign.pk]) + "#prizes",
                )


def _words(prize: Stock) -> str:
    return low_words(prize.name, left=prize.left, of=prize.of, is_soon=prize.low is Low.SOON)
