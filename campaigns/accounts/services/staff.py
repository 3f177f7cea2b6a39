"""Staff: change what somebody may do at a client, and let them go. Who joins is invited."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from campaigns.accounts.models import Client, Membership, User
from campaigns.accounts.rules.roles import Capability, Role
from campaigns.accounts.services import audit, invitations
from campaigns.accounts.services.auditors import refuse_dependence
from campaigns.accounts.services.errors import (
    LastOwner,
    MayNotManageStaff,
    RoleAlreadyHeld,
    RoleWithdrawn,
)
from campaigns.accounts.services.scope import can_still
from campaigns.accounts.tenancy import unscoped


@transaction.atomic
def change_role(
    membership: Membership, role: Role, *, actor: User | None, at: datetime
) -> Membership:
    """Give a member of staff another role at the client. It counts from their next request.

    Who can no longer manage staff loses the invitations they have sent.

    Raises:
        MayNotManageStaff: ``actor`` does not manage the client's staff (any more).
        RoleWithdrawn: the role was taken away before.
        LastOwner: the client would have none left.
        RoleAlreadyHeld: they have that role too.
        AuditorsRoleIsAlone: they would be an auditor and something else.
    """
    membership = _locked(membership, actor)
    before = membership.role
    if role.value == before:
        return membership
    if before == Role.OWNER:
        _keep_an_owner(membership)
    others = membership.user.memberships.filter(client=membership.client, role=role.value)
    if others.exists():
        raise RoleAlreadyHeld(f"{membership.user} has the role {role.label.lower()} already.")
    refuse_dependence(membership.user, membership.client, role, instead_of=membership)
    membership.role = role.value
    membership.save(update_fields=["role"])
    audit.record(
        membership,
        "staff.role_changed",
        actor=actor,
        at=at,
        before={"role": before},
        after={"role": role.value},
    )
    invitations.withdraw_those_of(membership.user, membership.client, actor=actor, at=at)
    return membership


@transaction.atomic
def withdraw_role(membership: Membership, *, actor: User | None, at: datetime) -> None:
    """Take a role from a member of staff; without another, the client does not exist for them.

    Invitations they have sent are withdrawn. With their last role at any client
    their sessions end, and they can sign in again only to accept an invitation.

    Raises:
        MayNotManageStaff, RoleWithdrawn, LastOwner: as :func:`change_role`.
    """
    membership = _locked(membership, actor)
    if membership.role == Role.OWNER:
        _keep_an_owner(membership)
    audit.record(
        membership, "staff.role_withdrawn", actor=actor, at=at, before={"role": membership.role}
    )
    membership.delete()
    invitations.withdraw_those_of(membership.user, membership.client, actor=actor, at=at)
    _end_sessions_without_a_role(membership.user)


def _end_sessions_without_a_role(user: User) -> None:
    """End what an account may still do here. Its row is locked: it may be joining a client right now."""
    account = User.objects.select_for_update().get(pk=user.pk)
    with unscoped("somebody let go here may work for a client of others"):
        works_elsewhere = account.memberships.exists()
    if account.is_superuser or works_elsewhere:
        return
    User.objects.filter(pk=account.pk).update(
        is_staff=False, session_version=F("session_version") + 1
    )


def _locked(membership: Membership, actor: User | None) -> Membership:
    """Lock the client, so that two owners cannot let each other go at the same moment.

    Whether ``actor`` may is asked behind the lock: who waits for it may be let go by
    the one who holds it, and must not put a friend in their place.
    """
    client = Client.objects.select_for_update().get(pk=membership.client_id)
    if actor is not None and not can_still(actor, Capability.STAFF_MANAGE, client):
        raise MayNotManageStaff(f"You don't manage the staff of {client} any more.")
    found = Membership.objects.select_related("user", "client").filter(pk=membership.pk).first()
    if found is None:
        raise RoleWithdrawn(f"This role at {client} was taken away before.")
    return found


def _keep_an_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(
        client=membership.client, role=Role.OWNER.value, user__is_active=True
    )
    if not owners.exclude(user=membership.user).exists():
        raise LastOwner(
            f"{membership.user} is the last owner of {membership.client}. Make another one first."
        )
