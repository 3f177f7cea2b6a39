"""Auditors: who knows the winning moments of a client has no other role there."""

from campaigns.accounts.models import Client, Membership, User
from campaigns.accounts.rules.roles import Role, is_independent
from campaigns.accounts.services.errors import AuditorsRoleIsAlone


def refuse_dependence(
    account: User, client: Client, role: Role, *, instead_of: Membership | None = None
) -> None:
    """Refuse a role that would make an auditor something else too. The client must be locked.

    ``instead_of`` is the role that it replaces.

    Raises:
        AuditorsRoleIsAlone: worded for whoever gives or accepts the role.
    """
    held = Membership.objects.filter(user=account, client=client)
    if instead_of is not None:
        held = held.exclude(pk=instead_of.pk)
    if not is_independent({role.value, *held.values_list("role", flat=True)}):
        raise AuditorsRoleIsAlone(
            f"An auditor knows the winning moments, so {account} can't be auditor of {client} "
            "and have another role there. The other role has to be withdrawn first."
        )
