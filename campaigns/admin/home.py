"""The home page: what needs me now, then the live campaigns."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from campaigns.admin.badges import mail_trouble_count, waiting, waiting_count
from campaigns.admin.lists import exact
from campaigns.admin.pulse import Pulse, pulses_of
from campaigns.models import Campaign, User
from campaigns.models.release import Placement
from campaigns.rules.roles import Capability
from campaigns.rules.spans import distance
from campaigns.rules.states import CampaignState
from campaigns.services import checks
from campaigns.services.scope import capabilities_of, clients_of

MOST_CARDS = 12
MOST_LINES = 8
DRAFTS = 3
"""Of the newest, what is missing is counted; the list has the others."""


@dataclass(frozen=True)
class Line:
    """One thing that needs somebody: what, why, and where to go."""

    tone: str
    title: str
    why: str
    link: str
    hint: str = ""


@dataclass(frozen=True)
class Card:
    """A live campaign with its pulse."""

    campaign: Campaign
    pulse: Pulse
    link: str
    closes: str
    closes_exactly: str


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what the home page shows to its context."""
    user: User = request.user  # type: ignore[assignment]
    now = timezone.now()
    granted = capabilities_of(user)
    campaigns = _campaigns(user, now)
    live = [c for c in campaigns if c.state in (CampaignState.LIVE, CampaignState.PAUSED)]
    oldest = waiting(request).order_by("decide_by").values_list("decide_by", flat=True).first()
    count = waiting_count(request)
    context.update(
        first_name=user.first_name or user.username,
        may_review=Capability.SUBMISSION_REVIEW in granted,
        may_edit=Capability.CAMPAIGN_EDIT in granted,
        waiting="1,000 or more" if count >= 1_000 else count,
        due=distance(oldest, now) if oldest else "",
        overdue=bool(oldest and oldest < now),
        lines=_lines(request, campaigns, granted, now)[:MOST_LINES],
        cards=_cards(live[:MOST_CARDS], now),
        more_live=max(len(live) - MOST_CARDS, 0),
        any_campaign=bool(campaigns),
    )
    return context


def _campaigns(user: User, now: datetime) -> list[Campaign]:
    """Return what may need somebody: all that live or soon will, and the newest drafts."""
    rows = Campaign.objects.filter(client__in=clients_of(user)).select_related("client")
    soon = Q(state=CampaignState.SCHEDULED, opens_at__lte=now + timedelta(days=7))
    running = rows.filter(Q(state__in=(CampaignState.LIVE, CampaignState.PAUSED)) | soon)
    drafts = rows.filter(state=CampaignState.DRAFT).prefetch_related("form_fields", "limits")
    return [*running.order_by("closes_at")[:100], *drafts.order_by("-created_at")[:DRAFTS]]


def _lines(
    request: HttpRequest, campaigns: list[Campaign], granted: frozenset[Capability], now: datetime
) -> list[Line]:
    lines = []
    if Capability.MAIL_VIEW in granted and (troubled := mail_trouble_count(request)):
        mails = "1 e-mail needs" if troubled == 1 else f"{troubled} e-mails need"
        link = reverse("admin:submissions_mail_changelist") + "?state=attention"
        lines.append(Line("bad", f"{mails} attention", "Not sent, or we don't know.", link))
    lines += _behind(request.user, granted)  # type: ignore[arg-type]
    week = now + timedelta(days=7)
    for campaign in campaigns:
        link = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
        if campaign.state == CampaignState.PAUSED:
            lines.append(
                Line(
                    "warn",
                    campaign.name,
                    "Paused: no new entries can be started.",
                    f"{link}#publish",
                )
            )
        elif campaign.state == CampaignState.SCHEDULED and campaign.opens_at:
            lines.append(_dated("info", campaign, "Opens", campaign.opens_at, link, now))
        elif campaign.closes_at and campaign.state == CampaignState.LIVE:
            if campaign.closes_at <= week:
                lines.append(_dated("info", campaign, "Closes", campaign.closes_at, link, now))
        elif campaign.state == CampaignState.DRAFT and Capability.CAMPAIGN_EDIT in granted:
            lines.append(_draft(campaign, link, now))
    return lines


def _behind(user: User, granted: frozenset[Capability]) -> list[Line]:
    """Name what was decided and is not in force everywhere; the clock goes on trying."""
    if Capability.CAMPAIGN_PUBLISH not in granted:
        return []
    places = Placement.objects.filter(
        campaign__client__in=clients_of(user, Capability.CAMPAIGN_PUBLISH),
        carried_revision__lt=F("revision"),
        tried_at__isnull=False,
    ).select_related("campaign")
    return [
        Line(
            "bad",
            place.campaign.name,
            f"Decided, but not in force everywhere yet. {place.trouble}".strip(),
            reverse("admin:campaigns_campaign_change", args=[place.campaign.pk]) + "#publish",
        )
        for place in places[:MOST_LINES]
    ]


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


def _cards(live: list[Campaign], now: datetime) -> list[Card]:
    pulses = pulses_of(live, now=now)
    return [
        Card(
            campaign=campaign,
            pulse=pulses[campaign.pk],
            link=reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
            closes=distance(campaign.closes_at, now) if campaign.closes_at else "",
            closes_exactly=exact(campaign.closes_at, campaign.timezone)
            if campaign.closes_at
            else "",
        )
        for campaign in live
    ]
