"""Who the mails of a campaign come from."""

from campaigns.accounts.services.sender import sender_for
from campaigns.setup.models import Campaign


def sender_of(campaign: Campaign) -> tuple[str, str]:
    """Return the name and the address that mails of ``campaign`` come from; see :func:`sender_for`."""
    return sender_for(campaign.client, chosen=campaign.sender_name)
