"""What campaigns are called: a name that many know, so no part of a password."""

from django.db.models import QuerySet

from campaigns.accounts.models import Client
from campaigns.setup.models import Campaign


def campaign_names(clients: QuerySet[Client]) -> list[str]:
    """Return the names and addresses of the campaigns of some clients."""
    pairs = Campaign.objects.filter(client__in=clients).values_list("name", "slug")
    return [name for pair in pairs for name in pair]
