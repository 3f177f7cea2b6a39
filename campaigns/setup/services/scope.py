"""The campaigns of a member of staff: those of the clients that they work for."""

from uuid import UUID

from django.db.models import QuerySet

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import client_ids_of, clients_of, request_scope_of
from campaigns.setup.models import Campaign

_CLIENTS = "clients of campaigns"


def campaigns_of(
    user: User, capability: Capability = Capability.CAMPAIGN_VIEW
) -> QuerySet[Campaign]:
    """Return the campaigns on which ``user`` has ``capability``."""
    here = None if user.is_superuser else request_scope_of(user)
    clients = here.client_ids_with(capability) if here else clients_of(user, capability)
    return Campaign.objects.filter(client__in=clients)


def campaign_ids_of(user: User, capability: Capability) -> list[UUID]:
    """Return the ids of :func:`campaigns_of`, for queries whose plan needs them by name.

    A request reads the campaigns of its scope once.
    """
    here = request_scope_of(user)
    if here is None:
        return list(campaigns_of(user, capability).values_list("pk", flat=True))
    if _CLIENTS not in here.kept:
        rows = Campaign.objects.order_by()
        if here.client_ids is not None:  # named, so that an index finds them
            rows = rows.filter(client__in=here.client_ids)
        here.kept[_CLIENTS] = dict(rows.values_list("pk", "client"))
        here.note_known(Campaign, here.kept[_CLIENTS])
    allowed = client_ids_of(user, capability)
    clients: dict[UUID, int] = here.kept[_CLIENTS]
    return [pk for pk, client_id in clients.items() if allowed is None or client_id in allowed]
