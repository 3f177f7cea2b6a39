"""Staff: invited once, never without an owner, every change in the log."""

import re

import pytest
from django.core import mail
from django.test import Client as Browser

from campaigns.models import AuditEntry, Membership, User
from campaigns.rules.roles import Role
from campaigns.services.staff import (
    AlreadyThere,
    HasPassword,
    LastOwner,
    NotAnAddress,
    change_role,
    invite,
    invite_again,
    withdraw_role,
)
from tests.campaigns.factories import NOON, make_client, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mails_in_memory(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def test_an_invitation_makes_an_account_whose_link_sets_a_password_once(
    django_capture_on_commit_callbacks,
) -> None:
    client, owner = make_client(), make_user()
    with django_capture_on_commit_callbacks(execute=True):
        invited = invite(
            client,
            email=" Ada@Example.com ",
            role=Role.MODERATOR,
            actor=owner,
            at=NOON,
            given_name="Ada",
        )
    user = User.objects.get(email="ada@example.com")
    assert user.is_staff
    assert not user.has_usable_password()
    assert invited.link in mail.outbox[0].body
    assert AuditEntry.objects.get(code="staff.invited").after == {"role": "moderator"}
    assert "ada" not in AuditEntry.objects.get(code="staff.invited").target.lower()

    browser = Browser()
    path = re.sub(r"^https?://[^/]+", "", invited.link)
    page = browser.get(path, follow=True)
    words = {"new_password1": "correct horse battery", "new_password2": "correct horse battery"}
    answer = browser.post(page.request["PATH_INFO"], words)
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.check_password("correct horse battery")
    again = Browser().get(path, follow=True)
    assert again.context["validlink"] is False


def test_who_has_an_account_gets_a_role_and_no_link(django_capture_on_commit_callbacks) -> None:
    user = make_user()
    user.email = "ada@example.com"
    user.set_password("correct horse battery")
    user.save()
    with django_capture_on_commit_callbacks(execute=True):
        invited = invite(
            make_client(), email="ada@example.com", role=Role.OWNER, actor=None, at=NOON
        )
    assert invited.membership.user == user
    assert invited.link == ""
    assert "Sign in" in mail.outbox[0].body
    with pytest.raises(HasPassword):
        invite_again(invited.membership, actor=None, at=NOON)


def test_nobody_is_invited_twice_or_without_an_address() -> None:
    client = make_client()
    first = invite(client, email="ada@example.com", role=Role.OWNER, actor=None, at=NOON)
    with pytest.raises(AlreadyThere):
        invite(client, email="ADA@example.com", role=Role.MODERATOR, actor=None, at=NOON)
    with pytest.raises(NotAnAddress):
        invite(client, email="ada", role=Role.MODERATOR, actor=None, at=NOON)
    assert invite_again(first.membership, actor=None, at=NOON).link
    assert User.objects.count() == 1


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
    with pytest.raises(AlreadyThere):
        change_role(changed, Role.OWNER, actor=owner, at=NOON)
    withdraw_role(changed, actor=owner, at=NOON)
    assert AuditEntry.objects.get(code="staff.role_withdrawn").before == {"role": "moderator"}
    assert not Membership.objects.filter(pk=second.pk).exists()
