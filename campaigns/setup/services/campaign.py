"""One campaign's row: its lock, whether its slug is free, what it is called, who its mails come from."""

from django.db.models import QuerySet

from campaigns.accounts.models import Client
from campaigns.accounts.services.sender import sender_for
from campaigns.accounts.tenancy import unscoped
from campaigns.setup.models import Campaign


def locked(campaign: Campaign) -> Campaign:
    """Return a campaign as it is now, with its row locked until the transaction ends: every change takes it."""
    rows = Campaign.objects.select_for_update(of=("self",)).select_related("client")
    return rows.get(pk=campaign.pk)


def is_taken(slug: str) -> bool:
    """Tell whether a campaign, of whichever client, has this slug: addresses are public."""
    with unscoped("an address belongs to one campaign among those of all clients"):
        return Campaign.objects.filter(slug=slug).exists()


def campaign_names(clients: QuerySet[Client]) -> list[str]:
    """Return the names and addresses of the campaigns of some clients: many know them, so no password has them."""
    pairs = Campaign.objects.filter(client__in=clients).values_list("name", "slug")
    return [name for pair in pairs for name in pair]


def sender_of(campaign: Campaign) -> tuple[str, str]:
    """Return the name and the address that mails of ``campaign`` come from; see :func:`sender_for`."""
    return sender_for(campaign.client, chosen=campaign.sender_name)
