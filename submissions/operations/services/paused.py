"""What is paused, by whom and since when."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import OuterRef, Subquery

from campaigns.setup.models import Campaign, StateChange
from campaigns.setup.rules.states import CampaignState

MOST = 50


def paused_changes(campaigns: Iterable[UUID]) -> list[StateChange]:
    """Return of each paused campaign the move that paused it, the newest first."""
    last = StateChange.objects.filter(campaign=OuterRef("pk"), after=CampaignState.PAUSED.value)
    paused = Campaign.objects.filter(pk__in=list(campaigns), state=CampaignState.PAUSED.value)
    moves = paused.annotate(move=Subquery(last.order_by("-at", "-id").values("pk")[:1]))
    named = StateChange.objects.filter(pk__in=moves.values("move"))
    return list(named.select_related("campaign", "actor").order_by("-at", "-id")[:MOST])
