"""What staff and clients are called: nobody takes the product's name, a client's, or another person's place in the log."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services import audit
from campaigns.accounts.services.invitations import accept_as_new
from campaigns.accounts.services.invitations import invite as invite_as
from tests.campaigns.admin_pages import manager_of, signed_in
from tests.campaigns.factories import make_client, make_user
from tests.security.inviting import ADA, PASSWORD, accept, invite, mailed_link, open_link, waiting

pytestmark = pytest.mark.django_db


def _save_client(browser: Browser, client: Client, **changes: str) -> None:
    typed = {"name": client.name, "legal_name": "Nordlicht Ltd", "address": "1 Harbour Street"}
    address = reverse("admin:accounts_client_change", args=[client.pk])
    browser.post(address, {**typed, **changes}, follow=True)


# ---------------------------------------------------------------- clients


@pytest.mark.parametrize(
    "name",
    [
        "Parcel held, pay 2 EUR, call +44 900 555 0199",
        "F\u0430brikam",  # as another client, with a Cyrillic letter
        "CampaignHub security",
        "fabrikam",
    ],
)
def test_a_client_chooses_no_name_of_its_own(name: str) -> None:
    make_client("Fabrikam")
    client = make_client("Nordlicht")
    _save_client(manager_of(client, Role.OWNER), client, name=name)
    client.refresh_from_db()
    assert (client.name, client.legal_name) == ("Nordlicht", "Nordlicht Ltd")


def test_a_client_cannot_find_out_who_else_is_one() -> None:
    make_client("Fabrikam")
    client = make_client("Nordlicht")
    browser = manager_of(client, Role.OWNER)
    address = reverse("admin:accounts_client_change", args=[client.pk])
    taken, free = (browser.post(address, {"name": name}) for name in ("Fabrikam", "Northwind"))
    assert (taken.status_code, free.status_code) == (302, 302)
    client.refresh_from_db()
    assert client.name == "Nordlicht"


def test_an_operator_names_a_client() -> None:
    client = make_client("Nordlicht")
    operator = make_user()
    User.objects.filter(pk=operator.pk).update(is_superuser=True)
    operator.refresh_from_db()
    _save_client(signed_in(operator), client, name="Nordlicht Foods")
    client.refresh_from_db()
    assert client.name == "Nordlicht Foods"


# ---------------------------------------------------------------- people


@pytest.mark.parametrize(
    ("given_name", "family_name"),
    [
        ("The", "clock"),
        ("THE", "CLOCK"),
        ("The", "System"),
        ("Not", "signed in"),
        ("CampaignHub", "."),
        ("The.", "clock"),
        ("\uff34he", "clock"),
        ("Th\u0435", "clock"),
        ("Ada", "https://evil.example"),
        ("Ada", "evil dot com"),
        ("Call", "0900 12345"),
        ("Ada", "=?utf-8?q?x?="),
        ("Ada", "<b>Lovelace</b>"),
        ("A" * 60, "B" * 60),
        ("Z" + "\u0301" * 8, "Lovelace"),
    ],
)
def test_who_joins_has_a_persons_name(given_name: str, family_name: str) -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    guest = Browser()
    open_link(mailed_link(), guest)
    page = accept(guest, given_name=given_name, family_name=family_name)
    assert "Enter your own name" in page.content.decode()
    with pytest.raises(ValidationError):
        accept_as_new(
            waiting(client).pk,
            password=PASSWORD,
            given_name=given_name,
            family_name=family_name,
            at=timezone.now(),
        )
    assert not User.objects.filter(email="ada@example.com").exists()
    accept(guest, given_name="Ada", family_name="O\u2019Neill-Łukasz")
    assert User.objects.get(email="ada@example.com").last_name == "O\u2019Neill-Łukasz"


def test_the_log_tells_two_people_of_one_name_apart() -> None:
    client = make_client()
    first, second = make_user((client, Role.OWNER)), make_user((client, Role.MODERATOR))
    User.objects.update(first_name="Ada", last_name="Lovelace")
    at = timezone.now()
    lines = [
        audit.record_line("campaign.paused", actor=actor, client=client, target="campaign:x", at=at)
        for actor in (first, second)
    ]
    browser = signed_in(first)
    shown = browser.get(reverse("admin:accounts_auditentry_changelist")).content.decode()
    assert first.username in shown
    assert second.username in shown
    page = browser.get(reverse("admin:accounts_auditentry_change", args=[lines[1].pk]))
    assert second.username in page.content.decode()


def test_an_invitation_says_by_which_account_it_was_sent() -> None:
    client = make_client()
    inviter = make_user((client, Role.OWNER))
    # An account from before names were looked at.
    User.objects.filter(pk=inviter.pk).update(first_name="CampaignHub", last_name="")
    invite(signed_in(inviter), client)
    page = open_link(mailed_link()).content.decode()
    assert f"CampaignHub ({inviter.username}) invites you" in page


def test_an_invitation_of_the_system_names_no_account() -> None:
    invite_as(make_client(), address=ADA, role=Role.OWNER, actor=None, at=timezone.now())
    assert "<p>CampaignHub invites you" in open_link(mailed_link()).content.decode()
