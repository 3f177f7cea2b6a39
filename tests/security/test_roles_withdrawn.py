"""Who is let go is out at once; who joins and leaves at the same moment ends up as one or the other."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db.models.signals import post_save
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import Client, Invitation, Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services import invitations
from campaigns.accounts.services.errors import MayNotManageStaff, RoleWithdrawn
from campaigns.accounts.services.invitations import HasAccount, InvitationOver, MayNotInvite
from campaigns.accounts.services.staff import change_role, withdraw_role
from campaigns.setup.models import Campaign
from submissions.mirror.models import Submission
from tests.campaigns.factories import make_client, make_user
from tests.security.signing_in import RIGHT, is_in, make_account, sign_in
from tests.security.two_clients import make_entry, make_side
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db
ADA = "ada@example.com"


def invited(client: Client, at: datetime, *, actor: User | None = None, address: str = ADA) -> Any:
    """Invite somebody in the system's name, or in ``actor``'s."""
    return invitations.invite(client, address=address, role=Role.MODERATOR, actor=actor, at=at)


# ---------------------------------------------------------------- at once


def test_the_last_role_takes_every_session_with_it() -> None:
    client, other = make_client(), make_client("Other")
    make_user((client, Role.OWNER), (other, Role.OWNER))
    account = make_account((client, Role.MODERATOR), (other, Role.MODERATOR))
    here, there = Browser(), Browser()
    for browser in (here, there):
        assert is_in(sign_in(account.username, RIGHT, browser))
    now = timezone.now()
    withdraw_role(account.memberships.get(client=client), actor=None, at=now)
    assert here.get(reverse("admin:index")).status_code == 200
    withdraw_role(account.memberships.get(client=other), actor=None, at=now)
    for browser in (here, there):
        assert browser.get(reverse("admin:index")).status_code == 302
        assert browser.get(reverse("admin:password_change")).status_code == 302
    assert not is_in(sign_in(account.username, RIGHT))
    # And a session from before does not come back with a new role.
    account.refresh_from_db()
    invitation = invited(client, now, address=f"{account.username}@example.com")
    User.objects.filter(pk=account.pk).update(email=invitation.address)
    invitations.accept(invitation.pk, account=account, at=now)
    assert here.get(reverse("admin:index")).status_code == 302


def test_an_operator_without_a_client_stays() -> None:
    client = make_client()
    make_user((client, Role.OWNER))
    operator = make_account((client, Role.OWNER))
    User.objects.filter(pk=operator.pk).update(is_superuser=True)
    browser = Browser()
    assert is_in(sign_in(operator.username, RIGHT, browser))
    withdraw_role(operator.memberships.get(), actor=None, at=timezone.now())
    assert browser.get(reverse("admin:index")).status_code == 200


def test_a_smaller_role_counts_from_the_next_click() -> None:
    client = make_client()
    make_user((client, Role.OWNER))
    account = make_account((client, Role.OWNER))
    browser = Browser()
    assert is_in(sign_in(account.username, RIGHT, browser))
    staff = reverse("admin:accounts_membership_changelist")
    assert browser.get(staff).status_code == 200
    change_role(account.memberships.get(), Role.MODERATOR, actor=None, at=timezone.now())
    assert browser.get(staff).status_code == 404
    with pytest.raises(MayNotInvite):
        invited(client, timezone.now(), actor=account)


def test_an_account_that_operators_have_put_out_of_use_is_not_taken_over() -> None:
    client = make_client()
    for change in ({"is_superuser": True}, {"is_active": False}):
        User.objects.all().delete()
        account = User.objects.create_user(username=ADA, email=ADA, is_staff=True)
        User.objects.filter(pk=account.pk).update(**change)
        invitation = invited(client, timezone.now())
        with pytest.raises(HasAccount):
            invitations.accept_as_new(
                invitation.pk,
                password="a sentence of my own",
                given_name="Ada",
                family_name="Lovelace",
                at=timezone.now(),
            )
        invitations.withdraw(invitation, actor=None, at=timezone.now())


def test_who_was_let_go_gives_and_takes_no_role() -> None:
    """Their page was open, or their click waited behind the one that let them go."""
    client, other = make_client(), make_client("Other")
    make_user((client, Role.OWNER))
    let_go = make_user((client, Role.OWNER), (other, Role.OWNER))
    friend, rival = make_user((client, Role.MODERATOR)), make_user((client, Role.CAMPAIGN_MANAGER))
    now = timezone.now()
    withdraw_role(let_go.memberships.get(client=client), actor=None, at=now)
    with pytest.raises(MayNotManageStaff):
        change_role(friend.memberships.get(), Role.OWNER, actor=let_go, at=now)
    with pytest.raises(MayNotManageStaff):
        withdraw_role(rival.memberships.get(), actor=let_go, at=now)
    for stranger in (friend, rival, make_user((other, Role.OWNER)), make_user()):
        with pytest.raises(MayNotManageStaff):
            change_role(friend.memberships.get(), Role.OWNER, actor=stranger, at=now)
    assert friend.memberships.get().role == Role.MODERATOR
    assert rival.memberships.exists()


def test_a_role_that_was_taken_is_taken_once() -> None:
    client = make_client()
    owner, leaver = make_user((client, Role.OWNER)), make_user((client, Role.MODERATOR))
    seen = leaver.memberships.get()
    withdraw_role(leaver.memberships.get(), actor=owner, at=timezone.now())
    for again in (
        partial(withdraw_role, seen),
        partial(change_role, seen, Role.CAMPAIGN_MANAGER),
    ):
        with pytest.raises(RoleWithdrawn):
            again(actor=owner, at=timezone.now())
    assert not leaver.memberships.exists()


def test_an_act_on_many_ends_with_the_role_of_who_does_it() -> None:
    """They are let go once the first entry is decided on; the others stay as they are."""
    side = make_side("Quillmark")
    more = [make_entry(side[Campaign], "Quillmark") for _ in range(3)]
    entries = [side[Submission], *more]
    membership = side.staff[Role.CAMPAIGN_MANAGER].memberships.get()
    browser = side.browser(Role.CAMPAIGN_MANAGER)

    def let_go(**_: Any) -> None:
        if Membership.objects.filter(pk=membership.pk).exists():
            withdraw_role(membership, actor=None, at=timezone.now())

    post_save.connect(let_go, sender=Submission)
    try:
        browser.post(
            reverse("admin:submissions_submission_changelist"),
            {"act": "approve", "confirmed": "1", "id": [f"{one.pk}.0" for one in entries]},
        )
    finally:
        post_save.disconnect(let_go, sender=Submission)
    approved = Submission.objects.filter(pk__in=[one.pk for one in entries], status="approved")
    assert approved.count() == 1


# ---------------------------------------------------------------- two at the same moment


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_is_let_go_at_the_same_moment_promotes_a_friend_before_it_or_never() -> None:
    for number in range(6):
        client = make_client(f"Client {number}")
        owner, leaver = make_user((client, Role.OWNER)), make_user((client, Role.OWNER))
        friend = make_user((client, Role.MODERATOR)).memberships.get()
        now = timezone.now()
        let_go, promoted = at_once(
            partial(withdraw_role, leaver.memberships.get(), actor=owner, at=now),
            partial(change_role, friend, Role.OWNER, actor=leaver, at=now),
        )
        assert let_go is None
        if isinstance(promoted, MayNotManageStaff):
            assert Membership.objects.get(pk=friend.pk).role == Role.MODERATOR


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_invite_at_once_one_invitation_is_open() -> None:
    client = make_client()
    owners = [make_user((client, Role.OWNER)) for _ in range(3)]
    now = timezone.now()
    at_once(*(partial(invited, client, now, actor=owner) for owner in owners))
    assert Invitation.objects.count() == 3
    assert Invitation.objects.not_ended().count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_who_accept_at_once_one_makes_the_account() -> None:
    client = make_client()
    invitation = invited(client, timezone.now())

    def join(number: int) -> Any:
        return invitations.accept_as_new(
            invitation.pk,
            password=f"sentence of number {number}",
            given_name="Ada",
            family_name="Lovelace",
            at=timezone.now(),
        )

    answers = at_once(*(partial(join, number) for number in range(5)))
    assert sum(isinstance(answer, InvitationOver) for answer in answers) == 4
    assert Membership.objects.get(client=client).user == User.objects.get(email=ADA)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("was_there", [False, True])
def test_of_two_clients_invitations_accepted_at_once_one_sets_the_password(was_there: bool) -> None:
    for number in range(4):
        address = f"ada{number}@example.com"
        if was_there:  # an account that never had a password
            User.objects.create_user(username=address, email=address)
        sent = [
            invited(make_client(f"Client {number} {turn}"), timezone.now(), address=address)
            for turn in range(3)
        ]
        answers = at_once(
            *(
                partial(
                    invitations.accept_as_new,
                    invitation.pk,
                    password=f"sentence of turn {turn}",
                    given_name="Ada",
                    family_name="Lovelace",
                    at=timezone.now(),
                )
                for turn, invitation in enumerate(sent)
            )
        )
        accepted = [isinstance(answer, User) for answer in answers]
        assert accepted.count(True) == 1
        assert sum(isinstance(answer, HasAccount) for answer in answers) == 2
        account = User.objects.get(email=address)
        assert account.check_password(f"sentence of turn {accepted.index(True)}")
        assert account.memberships.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_accepting_and_withdrawing_at_once_leave_one_of_both() -> None:
    client = make_client()
    for number in range(6):
        address = f"ada{number}@example.com"
        account = make_account((make_client(f"Own {number}"), Role.OWNER), name=address)
        invitation, now = invited(client, timezone.now(), address=address), timezone.now()
        at_once(
            partial(invitations.accept, invitation.pk, account=account, at=now),
            partial(invitations.withdraw, invitation, actor=None, at=now),
        )
        invitation.refresh_from_db()
        joined = Membership.objects.filter(client=client, user=account).exists()
        assert joined == bool(invitation.accepted_at)
        assert joined != bool(invitation.withdrawn_at)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_joins_one_client_while_another_lets_them_go_may_work_for_the_one() -> None:
    leaving, joining = make_client("Leaving"), make_client("Joining")
    make_user((leaving, Role.OWNER))
    for number in range(6):
        address = f"ada{number}@example.com"
        account = make_account((leaving, Role.MODERATOR), name=address)
        invitation, now = invited(joining, timezone.now(), address=address), timezone.now()
        role = account.memberships.get(client=leaving)
        at_once(
            partial(invitations.accept, invitation.pk, account=account, at=now),
            partial(withdraw_role, role, actor=None, at=now),
        )
        account.refresh_from_db()
        assert account.memberships.get().client == joining
        assert account.is_staff
