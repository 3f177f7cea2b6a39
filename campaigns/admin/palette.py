"""The command palette (Ctrl+K): pages, campaigns and clients by name, submissions by reference."""

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from campaigns.admin.navigation import navigation
from campaigns.models import Client
from campaigns.rules.roles import Capability
from campaigns.rules.states import CampaignState
from campaigns.services.scope import campaigns_of, can, clients_of
from ingest_lambda.contract import tidy_reference

MOST = 8
"""Of each kind; who sees none of it types another letter."""


def find(request: HttpRequest, term: str) -> list[SearchResult]:
    """Return what ``term`` may mean to this person, nearest first."""
    term = term.strip()
    if not term:
        return []
    return [
        *_submissions(request, term),
        *_campaigns(request, term),
        *_clients(request, term),
        *_pages(request, term),
    ]


def _pages(request: HttpRequest, term: str) -> list[SearchResult]:
    found = [
        SearchResult(
            title=item["title"],
            description=group["title"] or "Go to",
            link=item["link"],
            icon=item["icon"],
        )
        for group in navigation(request)
        for item in group["items"]
        if term.lower() in f"{group['title'] or ''} {item['title']}".lower()
    ]
    if can(request.user, Capability.CAMPAIGN_EDIT) and term.lower() in "new campaign":  # type: ignore[arg-type]
        link = reverse("admin:campaigns_campaign_add")
        found.append(SearchResult(title="New campaign", description="Do", link=link, icon="add"))
    return found


def _campaigns(request: HttpRequest, term: str) -> list[SearchResult]:
    rows = campaigns_of(request.user).select_related("client")  # type: ignore[arg-type]
    named = rows.filter(name__icontains=term) | rows.filter(slug__startswith=term.lower())
    return [
        SearchResult(
            title=campaign.name,
            description=f"{CampaignState(campaign.state).label} campaign of {campaign.client}",
            link=reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
            icon="campaign",
        )
        for campaign in named.order_by("-created_at")[:MOST]
    ]


def _clients(request: HttpRequest, term: str) -> list[SearchResult]:
    rows = clients_of(request.user, Capability.CLIENT_EDIT)  # type: ignore[arg-type]
    found: list[Client] = list(rows.filter(name__icontains=term)[:MOST])
    return [
        SearchResult(
            title=client.name,
            description="Client",
            link=reverse("admin:campaigns_client_change", args=[client.pk]),
            icon="apartment",
        )
        for client in found
    ]


def _submissions(request: HttpRequest, term: str) -> list[SearchResult]:
    reference = tidy_reference(term)
    if not reference:
        return []
    rows = apps.get_model("submissions", "Submission")._default_manager.filter(
        reference=reference,
        campaign__in=campaigns_of(request.user, Capability.SUBMISSION_VIEW),  # type: ignore[arg-type]
    )
    return [
        SearchResult(
            title=row.reference,
            description=f"{row.get_status_display()} · {row.campaign}",
            link=reverse("admin:submissions_submission_change", args=[row.pk]),
            icon="receipt_long",
        )
        for row in rows.select_related("campaign")[:MOST]
    ]
