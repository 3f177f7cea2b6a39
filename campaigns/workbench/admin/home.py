"""What campaigns need from a person, on the home page; and how the command search finds them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from campaignhub.spans import distance
from campaignhub.staff_site.access import granted
from campaignhub.staff_site.command_search import MOST, finds
from campaignhub.staff_site.home import MOST_LINES, Line, lines
from campaignhub.staff_site.lists import exact
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import clients_of
from campaigns.prizes.services.facts import with_prizes
from campaigns.publishing.models import Placement
from campaigns.publishing.services import checks
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from campaigns.setup.services.scope import campaigns_of

DRAFTS = 3
"""Of the newest, what is missing is counted; the list has the others."""


def campaigns_at_hand(request: HttpRequest, now: datetime) -> list[Campaign]:
    """Return what may need a person: all that live or soon will, and the newest drafts; read once a request."""
    kept: list[Campaign] | None = getattr(request, "_campaigns_at_hand", None)
    if kept is None:
        user: User = request.user  # type: ignore[assignment]
        rows = Campaign.objects.filter(client__in=clients_of(user)).select_related("client")
        soon = Q(state=CampaignState.SCHEDULED, opens_at__lte=now + timedelta(days=7))
        running = rows.filter(Q(state__in=(CampaignState.LIVE, CampaignState.PAUSED)) | soon)
        drafts = rows.filter(state=CampaignState.DRAFT).prefetch_related("form_fields", "limits")
        drafts = with_prizes(drafts).order_by("-created_at")
        kept = [*running.order_by("closes_at")[:100], *drafts[:DRAFTS]]
        request._campaigns_at_hand = kept  # type: ignore[attr-defined]
    return kept


@lines(20)
def behind(request: HttpRequest, _now: datetime) -> Iterator[Line]:
    """Name what was decided and is not in force everywhere; the clock goes on trying."""
    if Capability.CAMPAIGN_PUBLISH not in granted(request):
        return
    user: User = request.user  # type: ignore[assignment]
    places = Placement.objects.filter(
        campaign__client__in=clients_of(user, Capability.CAMPAIGN_PUBLISH),
        carried_revision__lt=F("revision"),
        tried_at__isnull=False,
    ).select_related("campaign")
    for place in places[:MOST_LINES]:
        yield Line(
            "bad",
            place.campaign.name,
            f"Decided, but not in force everywhere yet. {place.trouble}".strip(),
            reverse("admin:campaigns_campaign_change", args=[place.campaign.pk]) + "#publish",
        )


@lines(30)
def due(request: HttpRequest, now: datetime) -> Iterator[Line]:
    """Name the campaigns that are paused, open or close this week, and the newest drafts."""
    week = now + timedelta(days=7)
    for campaign in campaigns_at_hand(request, now):
        link = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
        if campaign.state == CampaignState.PAUSED:
            why = "Paused: no new entries can be started."
            yield Line("warn", campaign.name, why, f"{link}#publish")
        elif campaign.state == CampaignState.SCHEDULED and campaign.opens_at:
            yield _dated("info", campaign, "Opens", campaign.opens_at, link, now)
        elif campaign.closes_at and campaign.state == CampaignState.LIVE:
            if campaign.closes_at <= week:
                yield _dated("info", campaign, "Closes", campaign.closes_at, link, now)
        elif campaign.state == CampaignState.DRAFT and Capability.CAMPAIGN_EDIT in granted(request):
            yield _draft(campaign, link, now)


def _dated(
    tone: str, campaign: Campaign, verb: str, at: datetime, link: str, now: datetime
) -> Line:
    return Line(
        tone,
        campaign.name,
        f"{verb} {distance(at, now)} · {campaign.client}",
        link,
        exact(at, campaign.timezone),
    )


def _draft(campaign: Campaign, link: str, now: datetime) -> Line:
    missing = len(checks.publish_problems(campaign, at=now))
    why = (
        f"Draft · {missing} {'thing' if missing == 1 else 'things'} to do before it can be published"
        if missing
        else "Draft · ready to publish"
    )
    return Line("idle" if missing else "good", campaign.name, why, link)


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
