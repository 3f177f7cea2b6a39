"""The lock that every change of a campaign takes."""

from campaigns.setup.models import Campaign


def locked(campaign: Campaign) -> Campaign:
    """Return a campaign as it is now, with its row locked until the transaction ends."""
    rows = Campaign.objects.select_for_update(of=("self",)).select_related("client")
    return rows.get(pk=campaign.pk)
