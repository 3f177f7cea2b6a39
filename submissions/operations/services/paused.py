"""What is paused, by whom and since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from campaigns.setup.models import Campaign, StateChange
from campaigns.setup.rules.states import CampaignState

MOST = 50


@dataclass(frozen=True)
class Paused:
    """A paused campaign, and the move that paused it where that is known."""

    campaign: Campaign
    move: StateChange | None


def paused_campaigns(campaigns: Iterable[UUID]) -> list[Paused]:
    """Return the paused ones of these campaigns, by name; fifty at the most."""
    paused = Campaign.objects.filter(pk__in=list(campaigns), state=CampaignState.PAUSED.value)
    rows = list(paused.order_by("name")[:MOST])
    moves = StateChange.objects.filter(
        campaign__in=[row.pk for row in rows], after=CampaignState.PAUSED.value
    )
    last = {move.campaign_id: move for move in moves.select_related("actor").order_by("at", "id")}
    return [Paused(row, last.get(row.pk)) for row in rows]
