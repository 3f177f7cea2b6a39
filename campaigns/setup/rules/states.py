"""The life of a campaign: its states and the moves between them."""

from enum import StrEnum


class CampaignState(StrEnum):
    """Where a campaign stands (DOMAIN §2)."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"
    CLOSED = "closed"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        """Return the state as staff read it."""
        return self.value.capitalize()


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
