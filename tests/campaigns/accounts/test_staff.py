"""Staff: never without an owner, every change in the log."""

import pytest

from campaigns.accounts.models import AuditEntry, Membership
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.errors import AuditorsRoleIsAlone, LastOwner, RoleAlreadyHeld
from campaigns.accounts.services.invitations import accept, invite
from campaigns.accounts.services.staff import change_role, withdraw_role
from campaigns.accounts.wording import ROLE_WORDS
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


def test_an_auditor_has_no_other_role_at_the_client() -> None:
    client = make_client()
    owner = make_user((client, Role.OWNER))
    two = make_user((client, Role.MODERATOR), (client, Role.CAMPAIGN_MANAGER))
    one_of_two = Membership.objects.get(user=two, role=Role.MODERATOR.value)
    with pytest.raises(AuditorsRoleIsAlone, match="has to be withdrawn first"):
        change_role(one_of_two, Role.AUDITOR, actor=owner, at=NOON)
    one_of_two.refresh_from_db()
    assert one_of_two.role == Role.MODERATOR
    auditor = make_user((client, Role.AUDITOR), (make_client("Contoso"), Role.OWNER))
    only = Membership.objects.get(user=auditor, client=client)
    assert change_role(only, Role.MODERATOR, actor=owner, at=NOON).role == Role.MODERATOR
    assert change_role(only, Role.AUDITOR, actor=owner, at=NOON).role == Role.AUDITOR


@pytest.mark.parametrize(
    ("has", "gets"), [(Role.AUDITOR, Role.MODERATOR), (Role.OWNER, Role.AUDITOR)]
)
def test_an_invitation_that_was_on_its_way_makes_no_auditor_of_a_colleague(
    has: Role, gets: Role
) -> None:
    client = make_client()
    account = make_user()
    account.email = "ada@example.com"
    account.save()
    sent = invite(client, address=account.email, role=gets, actor=None, at=NOON)
    Membership.objects.create(user=account, client=client, role=has.value)
    with pytest.raises(AuditorsRoleIsAlone):
        accept(sent.pk, account=account, at=NOON)
    assert account.memberships.get().role == has
    sent.refresh_from_db()
    assert sent.accepted_at is None


def test_every_role_is_explained_where_it_is_given_and_accepted() -> None:
    assert set(ROLE_WORDS) == set(Role)
