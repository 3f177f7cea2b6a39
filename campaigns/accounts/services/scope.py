"""Tenant scope: the one place that says which clients a member of staff works for."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from typing import Any

from django.db.models import Exists, Q, QuerySet

from campaigns.accounts.models import Client, Membership, User
from campaigns.accounts.rules.roles import BY_OPERATING, CAPABILITIES, Capability, Role, roles_with
from campaigns.accounts.tenancy import OutsideScope, Scope, current, enter, unscoped

_Roles = Mapping[int, frozenset[str]]
"""What somebody is, by the id of the client."""


class StaffScope(Scope):
    """The clients of the member of staff who sends a request, read once, with their roles, by one query."""

    def __init__(self, user: Callable[[], Any]) -> None:
        super().__init__(self._read_clients)
        self._user = user
        self._read_for: Any = None
        self._roles: _Roles = {}
        self.kept: dict[str, Any] = {}
        """What else is read once in a request, under a name for it."""

    def is_of(self, user: User) -> bool:
        """Tell whether it is the scope of ``user``: who sends the request, and whose roles it has read, if any."""
        return bool(self._user() == user) and self._read_for in (None, user.pk)

    @property
    def roles(self) -> _Roles:
        """What the sender is at each client. Operators have no roles."""
        self.client_ids  # noqa: B018 - reads the roles
        return self._roles

    def client_ids_with(self, capability: Capability) -> list[int]:
        """Return the clients at which the sender has ``capability``."""
        wanted = set(roles_with(capability))
        return sorted(client_id for client_id, roles in self.roles.items() if roles & wanted)

    def _read_clients(self) -> Collection[int] | None:
        user = self._user()
        if user is None or not user.is_authenticated:
            raise OutsideScope("Rows of clients are touched while nobody is signed in.")
        self._read_for = user.pk
        if not user.is_active or not user.is_staff:
            return ()
        if user.is_superuser:
            return None
        self._roles = _roles_of(user)
        return self._roles


def scope_of(user: Any) -> AbstractContextManager[Scope]:
    """Confine the code inside to the clients that ``user`` works for."""
    return enter(StaffScope(lambda: user))


def _roles_of(user: User) -> _Roles:
    found: dict[int, frozenset[str]] = {}
    with unscoped("a scope of staff is made of the clients that they work for"):
        for client_id, role in user.memberships.values_list("client", "role"):
            found[client_id] = found.get(client_id, frozenset()) | {role}
    return found


def request_scope_of(user: User) -> StaffScope | None:
    """Return the scope of the request, if ``user`` is who sends it."""
    here = current()
    return here if isinstance(here, StaffScope) and here.is_of(user) else None


def clients_of(user: User, capability: Capability = Capability.CAMPAIGN_VIEW) -> QuerySet[Client]:
    """Return the clients at which ``user`` has ``capability``; operators have it everywhere.

    Of who sends the request they are named by their ids, as the request has read them.
    """
    if not user.is_active or not user.is_staff:
        return Client.objects.none()
    if user.is_superuser:
        return Client.objects.all() if capability in BY_OPERATING else Client.objects.none()
    here = request_scope_of(user)
    if here is None:
        return _clients_now(user, capability)
    return Client.objects.filter(pk__in=here.client_ids_with(capability))


def client_ids_of(user: User, capability: Capability) -> frozenset[int] | None:
    """Return the ids of :func:`clients_of`; ``None`` for every client."""
    if user.is_superuser and user.is_active and user.is_staff:
        return None if capability in BY_OPERATING else frozenset()
    here = request_scope_of(user)
    if here is None:
        return frozenset(clients_of(user, capability).values_list("pk", flat=True))
    return frozenset(here.client_ids_with(capability))


def can(user: User, capability: Capability, client: Client | None = None) -> bool:
    """Tell whether ``user`` has ``capability`` at ``client``, or anywhere when none is named.

    Of who sends the request, as it was when the request began; see :func:`can_still`.
    """
    ids = client_ids_of(user, capability)
    if ids is None:
        return True
    return client.pk in ids if client else bool(ids)


def can_still(user: User, capability: Capability, client: Client) -> bool:
    """Tell whether ``user`` has ``capability`` at ``client`` at this very moment.

    For what is decided behind a lock, or takes long: a role may be withdrawn before it ends,
    and an account be put out of use.
    """
    now = User.objects.filter(pk=user.pk, is_active=True, is_staff=True)
    roles = Membership.objects.filter(
        user=user.pk, client=client.pk, role__in=roles_with(capability)
    )
    by_operating = Q(is_superuser=True, is_active=capability in BY_OPERATING)
    return now.filter(by_operating | Exists(roles)).exists()


def capabilities_of(user: User) -> frozenset[Capability]:
    """Return what ``user`` may do at one client at least, with one query at most: for menus."""
    if not user.is_active or not user.is_staff:
        return frozenset()
    if user.is_superuser:
        return BY_OPERATING
    here = request_scope_of(user)
    roles = _roles_of(user) if here is None else here.roles
    return frozenset[Capability]().union(
        *(CAPABILITIES[Role(role)] for at_one in roles.values() for role in at_one)
    )


def _clients_now(user: User, capability: Capability) -> QuerySet[Client]:
    return Client.objects.filter(
        pk__in=user.memberships.filter(role__in=roles_with(capability)).values("client")
    )
