"""Tenant scope: the one place that says which clients a member of staff works for."""

from django.db.models import QuerySet

from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import CAPABILITIES, Capability, Role, roles_with


def clients_of(user: User, capability: Capability = Capability.CAMPAIGN_VIEW) -> QuerySet[Client]:
    """Return the clients at which ``user`` has ``capability``; operators have it everywhere."""
    if not user.is_active or not user.is_staff:
        return Client.objects.none()
    if user.is_superuser:
        return Client.objects.all()
    return Client.objects.filter(
        pk__in=user.memberships.filter(role__in=roles_with(capability)).values("client")
    )


def can(user: User, capability: Capability, client: Client | None = None) -> bool:
    """Tell whether ``user`` has ``capability`` at ``client``, or anywhere when none is named."""
    clients = clients_of(user, capability)
    return clients.filter(pk=client.pk).exists() if client else clients.exists()


def capabilities_of(user: User) -> frozenset[Capability]:
    """Return what ``user`` may do at one client at least, with one query: for menus."""
    if not user.is_active or not user.is_staff:
        return frozenset()
    if user.is_superuser:
        return frozenset(Capability)
    roles = user.memberships.values_list("role", flat=True)
    return frozenset[Capability]().union(*(CAPABILITIES[Role(role)] for role in roles))
