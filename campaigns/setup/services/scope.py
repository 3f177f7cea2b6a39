"""The campaigns of a member of staff: those of the clients that they work for."""

from django.db.models import QuerySet

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import clients_of
from campaigns.setup.models import Campaign


def campaigns_of(
    user: User, capability: Capability = Capability.CAMPAIGN_VIEW
) -> QuerySet[Campaign]:
    """Return the campaigns on which ``user`` has ``capability``."""
    return Campaign.objects.filter(client__in=clients_of(user, capability))
