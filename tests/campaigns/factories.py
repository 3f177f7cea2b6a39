"""Clients and staff with honest defaults."""

from uuid import uuid4

from campaigns.models import Client, Membership, User
from campaigns.rules.roles import Role


def make_client(name: str = "Nordlicht Foods") -> Client:
    """Make a client."""
    return Client.objects.create(name=name)


def make_user(*roles: tuple[Client, Role]) -> User:
    """Make a member of staff with the given roles at the given clients."""
    user = User.objects.create_user(username=uuid4().hex[:12], is_staff=True)
    for client, role in roles:
        Membership.objects.create(user=user, client=client, role=role.value)
    return user
