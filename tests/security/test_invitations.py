"""Invitations: only the mailbox gets the link, and membership starts when its owner accepts."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import AuditEntry, Client, Invitation, Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.invitations import account_of
from campaigns.accounts.services.staff import withdraw_role
from tests.campaigns.admin_pages import manager_of, signed_in
from tests.campaigns.factories import make_client, make_user
from tests.security.inviting import (
    ADA,
    PASSWORD,
    accept,
    invite,
    mailed_link,
    make_ada,
    open_link,
    step,
    waiting,
)
from tests.security.signing_in import RIGHT, is_in, make_account, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mails_in_memory")]


# ---------------------------------------------------------------- a new account


def test_an_invitation_makes_no_account_and_no_member_until_its_mailbox_accepts() -> None:
    client = make_client()
    owner = manager_of(client, Role.OWNER)
    before = User.objects.count()
    invite(owner, client, "Ada@Example.com", given_name="Augusta")
    link = mailed_link()
    assert (User.objects.count(), Membership.objects.count()) == (before, 1)

    browser = Browser()
    page = open_link(link, browser)
    assert step(page) == "join"
    assert page.context["form"].initial["given_name"] == "Augusta"
    home = accept(browser)
    assert home.request["PATH_INFO"] == reverse("admin:index")
    account = User.objects.get(username=ADA)
    assert (account.email, account.get_full_name()) == (ADA, "Ada Lovelace")
    assert account.memberships.get().role == Role.MODERATOR
    assert is_in(sign_in(ADA, PASSWORD))
    line = AuditEntry.objects.get(code="staff.joined")
    assert (line.actor, line.client, line.after) == (account, client, {"role": "moderator"})


def test_neither_the_inviter_nor_a_second_tenant_ever_sees_a_link() -> None:
    """The attack: invite whom another has just invited, read the link, set the password, sign in."""
    first, second = make_client("First"), make_client("Second")
    honest, attacker = manager_of(first, Role.OWNER), manager_of(second, Role.OWNER)
    pages = [invite(honest, first, role=Role.OWNER), invite(attacker, second)]
    invitation = waiting(second)
    detail = reverse("admin:accounts_membership_invitation", args=[invitation.pk])
    pages += [attacker.get(detail), attacker.post(detail, {"act": "send_again"}, follow=True)]
    link = mailed_link()
    shown = "".join(page.content.decode() for page in pages)
    assert "/welcome/" not in shown
    assert link.partition("#")[2] not in shown
    assert User.objects.filter(email=ADA).count() == 0
    assert Invitation.objects.not_ended().filter(client=first).count() == 1


def test_an_address_that_somebody_registered_first_gives_them_nothing_later() -> None:
    """The attack: have the address before its owner is invited, and be given ownership then."""
    theirs, client = make_client("Attacker's"), make_client()
    attacker = manager_of(theirs, Role.OWNER)
    invite(attacker, theirs)
    # What they know of their own invitation is no token, and opens none.
    invitation = waiting(theirs)
    for guess in (invitation.pk, invitation.token_hash, ADA):
        assert open_link(f"#{guess}", attacker).status_code == 410
    assert accept(attacker).status_code == 410
    assert account_of(ADA) is None

    invite(manager_of(client, Role.OWNER), client, role=Role.OWNER)
    browser = Browser()
    assert step(open_link(mailed_link(), browser)) == "join"
    accept(browser)
    account = User.objects.get(email=ADA)
    assert list(account.memberships.values_list("client", flat=True)) == [client.pk]


def test_an_account_of_the_address_made_by_somebody_else_does_not_get_the_role() -> None:
    client = make_client()
    squatter = make_ada()
    browser = signed_in(squatter)
    invite(manager_of(client, Role.OWNER), client, role=Role.OWNER)
    mailed_link()
    # Signed in as the account of the address, but without what only its mailbox has.
    for address in ("welcome_accept", "welcome_decline"):
        browser.post(reverse(address))
    assert not Membership.objects.filter(client=client, user=squatter).exists()
    assert waiting(client)


# ---------------------------------------------------------------- an existing account


def test_an_existing_account_accepts_signed_in_and_keeps_its_own_names() -> None:
    client = make_client()
    ada = make_ada()
    inviter = make_user((client, Role.OWNER))
    User.objects.filter(pk=inviter.pk).update(first_name="Olivia", last_name="Owner")
    invite(signed_in(inviter), client, given_name="Mallory", family_name="Pwned")
    browser = Browser()
    page = open_link(mailed_link(), browser)
    assert step(page) == "sign_in"
    for words in ("Olivia Owner", "Nordlicht Foods", "moderator"):
        assert words in page.content.decode()
    refused = accept(browser)
    assert step(refused) == "sign_in"
    assert not Membership.objects.filter(client=client, user=ada).exists()

    assert is_in(sign_in(ADA, RIGHT, browser))
    assert step(browser.get(reverse("welcome"))) == "accept"
    assert accept(browser).request["PATH_INFO"] == reverse("admin:index")
    ada.refresh_from_db()
    assert ada.get_full_name() == "Ada Byron"
    assert ada.check_password(RIGHT)
    assert ada.memberships.get(client=client).role == Role.MODERATOR


def test_who_is_signed_in_as_another_account_is_told_and_may_switch() -> None:
    client = make_client()
    other = make_account((make_client("Other"), Role.OWNER), name="olivia")
    invite(manager_of(client, Role.OWNER), client)
    browser = signed_in(other)
    page = open_link(mailed_link(), browser)
    assert step(page) == "other"
    assert "olivia" in page.content.decode()
    assert step(accept(browser)) == "other"
    assert not Membership.objects.filter(client=client, user=other).exists()
    switched = browser.post(reverse("welcome_switch"), follow=True)
    assert step(switched) == "join"
    accept(browser)
    assert Membership.objects.get(client=client, user__email=ADA)


def test_an_invitation_is_declined_without_an_account_and_works_no_more() -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    link, browser = mailed_link(), Browser()
    open_link(link, browser)
    assert "declined" in browser.post(reverse("welcome_decline")).content.decode()
    again = open_link(link)
    assert again.status_code == 410
    assert Invitation.objects.get(client=client).declined_at
    assert AuditEntry.objects.get(code="staff.invitation_declined").actor is None


def test_somebody_who_was_let_go_signs_in_once_more_to_accept() -> None:
    client, again = make_client(), make_client("Again")
    account = make_account((client, Role.MODERATOR), name=ADA)
    make_user((client, Role.OWNER))
    withdraw_role(account.memberships.get(), actor=None, at=timezone.now())
    assert not is_in(sign_in(ADA, RIGHT))
    invite(manager_of(again, Role.OWNER), again)
    browser = Browser()
    assert step(open_link(mailed_link(), browser)) == "sign_in"
    assert is_in(sign_in(ADA, RIGHT, browser))
    assert browser.get(reverse("admin:index")).status_code == 302
    accept(browser)
    assert browser.get(reverse("admin:index")).status_code == 200
    assert list(account.memberships.values_list("client", flat=True)) == [again.pk]


# ---------------------------------------------------------------- other tenants


def test_an_invitation_of_another_client_does_not_exist_for_a_stranger() -> None:
    client: Client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    invitation = waiting(client)
    address = reverse("admin:accounts_membership_invitation", args=[invitation.pk])
    for stranger in (manager_of(make_client("Another"), Role.OWNER), manager_of(client)):
        assert stranger.get(address).status_code == 404
        for act in ("withdraw", "send_again"):
            assert stranger.post(address, {"act": act}).status_code == 404
        shown = stranger.get(reverse("admin:accounts_membership_changelist"))
        assert ADA not in shown.content.decode()
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is None


def test_a_colleague_is_not_invited_again() -> None:
    client = make_client()
    member = make_account((client, Role.MODERATOR), name=ADA)
    User.objects.filter(pk=member.pk).update(email="Ada@Example.com")
    page = invite(manager_of(client, Role.OWNER), client)
    assert "already works for" in page.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "password", ["short", "Nordlicht2026!", "ada lovelace 1815", "password1234"]
)
def test_a_password_that_is_easy_to_guess_is_not_taken(password: str) -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    browser = Browser()
    open_link(mailed_link(), browser)
    page = accept(browser, password=password, password_again=password)
    assert step(page) == "join"
    assert page.context["form"].errors["password"]
    assert account_of(ADA) is None


def test_a_page_that_refuses_what_was_typed_opens_at_the_first_error_and_names_it() -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    browser = Browser()
    open_link(mailed_link(), browser)
    page = accept(browser, password="short", password_again="shorter").content.decode()
    fields = re.findall(r"<input[^>]*>", page)
    (chosen,) = [field for field in fields if "autofocus" in field]
    assert 'name="password"' in chosen
    assert 'aria-invalid="true"' in chosen
    described = re.search(r'aria-describedby="([^"]+)"', chosen)
    assert described
    assert all(f'id="{name}"' in page for name in described[1].split())
    assert "short" not in re.findall(r'value="([^"]*)"', page)
