"""What came in, on the home page, in the navigation and in the command search."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from campaignhub.spans import distance
from campaignhub.staff_site.access import granted
from campaignhub.staff_site.command_search import MOST, finds
from campaignhub.staff_site.home import section
from campaignhub.staff_site.lists import exact
from campaignhub.staff_site.navigation import Item, register
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from campaigns.setup.services.scope import campaigns_of
from campaigns.workbench.admin.home import campaigns_at_hand
from ingest_lambda.contract import tidy_reference
from submissions.awards.services.stock import Stock, stock_of
from submissions.mirror.models import Submission
from submissions.mirror.services.campaign_stats import CampaignStats, stats_of
from submissions.review.services.work_queue import waiting_count, waiting_for

MOST_CARDS = 12


@dataclass(frozen=True)
class Card:
    """A live campaign with its numbers."""

    campaign: Campaign
    stats: CampaignStats
    stock: list[Stock]
    link: str
    closes: str
    closes_exactly: str


def count_waiting(request: HttpRequest) -> int:
    """Count the submissions that wait for this person's review, up to a thousand."""
    return waiting_count(request.user)  # type: ignore[arg-type]


@section
def to_review(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Say how many submissions wait, and when the first is due."""
    user: User = request.user  # type: ignore[assignment]
    oldest = waiting_for(user).order_by("decide_by").values_list("decide_by", flat=True).first()
    count = waiting_count(user)
    return {
        "waiting": "1,000 or more" if count >= 1_000 else count,
        "due": distance(oldest, now) if oldest else "",
        "overdue": bool(oldest and oldest < now),
        "may_review": Capability.SUBMISSION_REVIEW in granted(request),
    }


@section
def live_campaigns(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Show the live campaigns with what came in."""
    campaigns = campaigns_at_hand(request, now)
    live = [one for one in campaigns if one.state in (CampaignState.LIVE, CampaignState.PAUSED)]
    return {
        "cards": _cards(live[:MOST_CARDS], now),
        "more_live": max(len(live) - MOST_CARDS, 0),
        "any_campaign": bool(campaigns),
        "may_edit": Capability.CAMPAIGN_EDIT in granted(request),
    }


def _cards(live: list[Campaign], now: datetime) -> list[Card]:
    stats, stock = stats_of(live, now=now), stock_of(live, now=now)
    return [
        Card(
            campaign=campaign,
            stats=stats[campaign.pk],
            stock=stock.get(campaign.pk, []),
            link=reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
            closes=distance(campaign.closes_at, now) if campaign.closes_at else "",
            closes_exactly=exact(campaign.closes_at, campaign.timezone)
            if campaign.closes_at
            else "",
        )
        for campaign in live
    ]


@finds(10)
def of_reference(request: HttpRequest, term: str) -> Iterator[SearchResult]:
    """Find submissions by a whole reference."""
    reference = tidy_reference(term)
    if not reference:
        return
    mine = campaigns_of(request.user, Capability.SUBMISSION_VIEW)  # type: ignore[arg-type]
    rows = Submission.objects.filter(reference=reference, campaign__in=mine)
    for row in rows.select_related("campaign")[:MOST]:
        yield SearchResult(
            title=row.reference,
            description=f"{row.get_status_display()} · {row.campaign}",
            link=reverse("admin:submissions_submission_change", args=[row.pk]),
            icon="receipt_long",
        )


register(
    Item(
        "Review",
        10,
        "Review next",
        "play_circle",
        "admin:submissions_review_next",
        Capability.SUBMISSION_REVIEW,
        count_waiting,
    )
)
