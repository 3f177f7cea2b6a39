"""Which slugs are free: over all clients, as their addresses are public."""

from campaigns.accounts.tenancy import unscoped
from campaigns.setup.models import Campaign


def is_taken(slug: str) -> bool:
    """Tell whether a campaign, of whichever client, has this slug."""
    with unscoped("an address belongs to one campaign among those of all clients"):
        return Campaign.objects.filter(slug=slug).exists()
