"""The life of a campaign: its states and the moves between them."""

from campaignhub.words import Worded


class CampaignState(Worded):
    """Where a campaign stands (DOMAIN §2)."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"
    CLOSED = "closed"
    ARCHIVED = "archived"


MOVES: dict[str, frozenset[str]] = {
    CampaignState.DRAFT: frozenset({CampaignState.SCHEDULED, CampaignState.LIVE}),
    CampaignState.SCHEDULED: frozenset(
        {CampaignState.LIVE, CampaignState.PAUSED, CampaignState.CLOSED}
    ),
    CampaignState.LIVE: frozenset({CampaignState.PAUSED, CampaignState.CLOSED}),
    CampaignState.PAUSED: frozenset(
        {CampaignState.SCHEDULED, CampaignState.LIVE, CampaignState.CLOSED}
    ),
    CampaignState.CLOSED: frozenset({CampaignState.ARCHIVED}),
    CampaignState.ARCHIVED: frozenset(),
}
"""Every move that is allowed; the database holds the states, services the moves."""
