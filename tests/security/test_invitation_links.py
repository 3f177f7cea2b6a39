"""The link of an invitation works once, for its mailbox, and while its inviter may invite."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import Invitation, Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.invitations import account_of
from campaigns.accounts.services.staff import change_role
from tests.campaigns.admin_pages import manager_of, signed_in
from tests.campaigns.factories import make_client, make_user
from tests.security.inviting import (
    ADA,
    PASSWORD,
    accept,
    invite,
    mailed_link,
    open_link,
    waiting,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mails_in_memory")]


def test_a_link_works_once() -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    link, browser = mailed_link(), Browser()
    open_link(link, browser)
    accept(browser)
    thief = Browser()
    page = open_link(link, thief)
    assert page.status_code == 410
    assert "has been accepted" in page.content.decode()
    taken = accept(thief, password="another sentence", password_again="another sentence")
    assert taken.status_code == 410
    assert User.objects.get(email=ADA).check_password(PASSWORD)


def test_a_later_invitation_withdraws_the_earlier() -> None:
    client = make_client()
    owner = manager_of(client, Role.OWNER)
    invite(owner, client, role=Role.OWNER)
    earlier, opened = mailed_link(), Browser()
    open_link(earlier, opened)
    invite(owner, client, role=Role.MODERATOR)
    later = mailed_link()
    assert later != earlier
    assert open_link(earlier).status_code == 410
    assert accept(opened).status_code == 410
    browser = Browser()
    open_link(later, browser)
    accept(browser)
    assert Membership.objects.get(user__email=ADA).role == Role.MODERATOR


@pytest.mark.parametrize("end", ["withdrawn", "expired"])
def test_an_invitation_that_has_ended_is_not_accepted_even_when_it_was_open_on_the_screen(
    end: str,
) -> None:
    client = make_client()
    owner = manager_of(client, Role.OWNER)
    invite(owner, client)
    link, opened = mailed_link(), Browser()
    open_link(link, opened)
    invitation = waiting(client)
    if end == "withdrawn":
        address = reverse("admin:accounts_membership_invitation", args=[invitation.pk])
        owner.post(address, {"act": "withdraw"})
    else:
        assert invitation.expires_at - invitation.created_at == timedelta(days=7)
        past = timezone.now() - timedelta(days=8)
        Invitation.objects.update(created_at=past, expires_at=past + timedelta(days=7))
    for page in (accept(opened), open_link(link), opened.post(reverse("welcome_decline"))):
        assert page.status_code in (302, 410)
    assert account_of(ADA) is None
    assert not Membership.objects.filter(user__email=ADA).exists()


@pytest.mark.parametrize("guess", ["", "x", "1", "null", "\x00", "ä" * 50, "a" * 100_000])
def test_what_is_no_token_opens_nothing(guess: str) -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)  # not sent yet: it has no token
    assert open_link(f"#{guess}").status_code == 410


def test_an_invitation_ends_with_its_inviters_right_to_invite() -> None:
    client = make_client()
    make_user((client, Role.OWNER))
    leaver = make_user((client, Role.OWNER))
    browser = signed_in(leaver)
    invite(browser, client, role=Role.OWNER)
    link = mailed_link()
    change_role(leaver.memberships.get(), Role.MODERATOR, actor=None, at=timezone.now())
    assert open_link(link).status_code == 410
    # Nor does it come back with the role.
    change_role(leaver.memberships.get(), Role.OWNER, actor=None, at=timezone.now())
    assert open_link(link).status_code == 410
    invite(browser, client, role=Role.OWNER)
    link = mailed_link()
    User.objects.filter(pk=leaver.pk).update(is_active=False)
    assert open_link(link).status_code == 410


def test_a_link_that_is_not_complete_can_be_entered_again() -> None:
    page = open_link("https://campaignhub.example/welcome/#cut-off")
    assert page.status_code == 410
    assert f'href="{reverse("welcome")}"' in page.content.decode()
