"""Staff: never without an owner, every change in the log."""

import pytest

from campaigns.accounts.models import AuditEntry, Membership
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.errors import LastOwner, RoleAlreadyHeld
from campaigns.accounts.services.staff import change_role, withdraw_role
from tests.campaigns.factories import NOON, make_client, make_user

pytestmark = pytest.mark.django_db


def test_the_last_owner_stays() -> None:
    client = make_client()
    owner = make_user((client, Role.OWNER))
    only = Membership.objects.get(user=owner)
    with pytest.raises(LastOwner):
        withdraw_role(only, actor=owner, at=NOON)
    with pytest.raises(LastOwner):
        change_role(only, Role.MODERATOR, actor=owner, at=NOON)
    gone = make_user((client, Role.OWNER))
    gone.is_active = False
    gone.save()
    with pytest.raises(LastOwner):
        withdraw_role(only, actor=owner, at=NOON)


def test_a_role_is_changed_and_withdrawn_with_a_line_in_the_log() -> None:
    client = make_client()
    owner, other = make_user((client, Role.OWNER)), make_user((client, Role.OWNER))
    second = Membership.objects.get(user=other)
    changed = change_role(second, Role.MODERATOR, actor=owner, at=NOON)
    assert change_role(changed, Role.MODERATOR, actor=owner, at=NOON).role == Role.MODERATOR
    entry = AuditEntry.objects.get(code="staff.role_changed")
    assert (entry.before, entry.after) == ({"role": "owner"}, {"role": "moderator"})
    Membership.objects.create(user=other, client=client, role=Role.OWNER.value)
    with pytest.raises(RoleAlreadyHeld):
        change_role(changed, Role.OWNER, actor=owner, at=NOON)
    withdraw_role(changed, actor=owner, at=NOON)
    assert AuditEntry.objects.get(code="staff.role_withdrawn").before == {"role": "moderator"}
    assert not Membership.objects.filter(pk=second.pk).exists()
