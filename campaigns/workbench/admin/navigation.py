"""Campaigns in the navigation and the command search."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from campaignhub.staff_site.access import granted
from campaignhub.staff_site.command_search import MOST, finds
from campaignhub.staff_site.navigation import Item, register
from campaigns.accounts.rules.roles import Capability
from campaigns.setup.rules.states import CampaignState
from campaigns.setup.services.scope import campaigns_of

register(
    Item(
        "Campaigns",
        10,
        "Campaigns",
        "campaign",
        "admin:campaigns_campaign_changelist",
        Capability.CAMPAIGN_VIEW,
    )
)


@finds(20)
def campaigns_named(request: HttpRequest, term: str) -> Iterator[SearchResult]:
    """Find campaigns by a part of their name or the beginning of their address."""
    rows = campaigns_of(request.user).select_related("client")  # type: ignore[arg-type]
    named = rows.filter(name__icontains=term) | rows.filter(slug__startswith=term.lower())
    for campaign in named.order_by("-created_at")[:MOST]:
        yield SearchResult(
            title=campaign.name,
            description=f"{CampaignState(campaign.state).label} campaign of {campaign.client}",
            link=reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
            icon="campaign",
        )


@finds(60)
def new_campaign(request: HttpRequest, term: str) -> Iterator[SearchResult]:
    """Find the page that starts a campaign."""
    if Capability.CAMPAIGN_EDIT in granted(request) and term.lower() in "new campaign":
        link = reverse("admin:campaigns_campaign_add")
        yield SearchResult(title="New campaign", description="Do", link=link, icon="add")
