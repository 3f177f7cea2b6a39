"""The home page: what needs me now, then the live campaigns."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from campaigns.admin.badges import waiting_count
from campaigns.rules.states import CampaignState
from campaigns.services.scope import campaigns_of


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what the home page shows to its context."""
    now = timezone.now()
    mine = campaigns_of(request.user).select_related("client")  # type: ignore[arg-type]
    week = now + timedelta(days=7)
    context.update(
        waiting=waiting_count(request),
        live=mine.filter(state=CampaignState.LIVE.value)[:12],
        opening=mine.filter(state=CampaignState.SCHEDULED.value, opens_at__lte=week)[:12],
        closing=mine.filter(state=CampaignState.LIVE.value, closes_at__lte=week)[:12],
        drafts=mine.filter(state=CampaignState.DRAFT.value)[:12],
    )
    return context
