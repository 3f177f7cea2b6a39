"""The mails of invitations: few to one address, no words of strangers, and no secret of another client."""

from contextlib import suppress
from datetime import timedelta
from email.header import decode_header, make_header
from typing import Any

import pytest
from anymail.exceptions import AnymailAPIError
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaignhub.clock.rounds import TIMETABLE
from campaigns.accounts import tasks
from campaigns.accounts.models import Invitation, User
from campaigns.accounts.rules.invitations import (
    MOST_MAILS_A_DAY,
    clean_address,
    company_to_mail,
    person_to_mail,
)
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.invitations import NotAnAddress, TooManyInvitations
from campaigns.accounts.services.invitations import invite as invite_as
from campaigns.accounts.services.invitations.mail import LEASE, deliver_invitations
from tests.campaigns.admin_pages import manager_of, signed_in
from tests.campaigns.factories import NOON, make_client, make_user
from tests.security.inviting import ADA, accept, invite, link_in, mailed_link, open_link, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mails_in_memory")]
HOUR = timedelta(hours=1)


class Away(BaseEmailBackend):
    """A mail service that answers with an error."""

    def send_messages(self, _messages: Any) -> int:
        """Refuse."""
        raise AnymailAPIError("ada@example.com is away")


def html_of_last() -> str:
    sent = mail.outbox[-1]
    assert isinstance(sent, EmailMultiAlternatives)
    return str(sent.alternatives[0][0])


def test_the_worker_sends_and_looks_for_what_is_due_every_few_seconds() -> None:
    scheduled = TIMETABLE["accounts.deliver_invitations"]
    assert scheduled.task.name == tasks.deliver_invitations.name
    assert isinstance(scheduled.schedule, int | float)
    assert scheduled.schedule <= 10


# ---------------------------------------------------------------- how many


def test_one_client_sends_three_a_day_to_one_address() -> None:
    client, at = make_client(), NOON
    sent = 0
    for minute in range(0, 24 * 60, 5):
        try:
            invite_as(
                client,
                address=ADA,
                role=Role.MODERATOR,
                actor=None,
                at=at + timedelta(minutes=minute),
            )
        except TooManyInvitations:
            continue
        sent += 1
    assert sent == 3
    invite_as(client, address="b@example.com", role=Role.MODERATOR, actor=None, at=at + 23 * HOUR)
    invite_as(client, address=ADA, role=Role.MODERATOR, actor=None, at=at + 25 * HOUR)


@pytest.mark.parametrize(
    "variant",
    [
        "{name}+{number}@example.com",
        "{name}+{number}@mail.company.example",
        "{name}+a{number}@gmail.com",
        "{dotted}@gmail.com",
        "{dotted}@googlemail.com",
        '"{name}"+{number}@example.com',
    ],
)
def test_addresses_of_one_mailbox_are_one_address(variant: str) -> None:
    client, taken = make_client(), 0
    for number in range(10):
        dotted = ".".join(("lovelace"[: number + 1], "lovelace"[number + 1 :])).strip(".")
        address = variant.format(name="lovelace", number=number, dotted=dotted)
        try:
            invite_as(client, address=address, role=Role.MODERATOR, actor=None, at=NOON)
        except (TooManyInvitations, NotAnAddress):
            continue
        taken += 1
    assert taken <= 3


def test_all_clients_together_send_a_few_mails_a_day_to_one_mailbox_however_it_is_spelled() -> None:
    for number in range(MOST_MAILS_A_DAY + 2):
        address = f"lovelace+{number}@example.com"
        client = make_client(f"Client {number}")
        invite_as(client, address=address, role=Role.MODERATOR, actor=None, at=NOON)
        deliver_invitations(at=NOON, most=50)
    assert len(mail.outbox) == MOST_MAILS_A_DAY


def test_no_client_uses_up_what_another_clients_invitation_needs() -> None:
    jealous, honest = make_client("Jealous"), make_client("Honest")
    for hour in range(12):
        at = NOON + hour * HOUR
        with suppress(TooManyInvitations):
            invite_as(jealous, address=ADA, role=Role.MODERATOR, actor=None, at=at)
        deliver_invitations(at=at, most=50)
    at = NOON + 12 * HOUR
    invite_as(honest, address=ADA, role=Role.MODERATOR, actor=None, at=at)
    deliver_invitations(at=at, most=50)
    assert Invitation.objects.get(client=honest).mailed_at == at


def test_one_client_sends_thirty_an_hour_to_all_addresses() -> None:
    client = make_client()
    browser = manager_of(client, Role.OWNER)
    for number in range(30):
        invite_as(
            client,
            address=f"n{number}@example.com",
            role=Role.MODERATOR,
            actor=None,
            at=timezone.now(),
        )
    page = invite(browser, client)
    assert "Too many invitations" in page.content.decode()
    assert Invitation.objects.count() == 30
    other = make_client("Another")
    invite(manager_of(other, Role.OWNER), other)
    assert waiting(other)


def test_sending_again_counts_as_well() -> None:
    client = make_client()
    browser = manager_of(client, Role.OWNER)
    invite(browser, client)
    for _ in range(5):
        address = reverse("admin:accounts_membership_invitation", args=[waiting(client).pk])
        page = browser.post(address, {"act": "send_again"}, follow=True)
    assert "Too many invitations to ada@example.com" in page.content.decode()
    assert Invitation.objects.count() == 3


def test_all_clients_together_send_a_few_mails_a_day_to_one_address_and_learn_nothing() -> None:
    clients = [make_client(f"Client {number}") for number in range(MOST_MAILS_A_DAY + 2)]
    pages = []
    for client in clients:
        browser = manager_of(client, Role.OWNER)
        invite(browser, client)
        deliver_invitations(at=timezone.now(), most=50)
        shown = browser.get(reverse("admin:accounts_membership_changelist")).content.decode()
        pages.append(shown[shown.index("Open invitations") :].count("Invited"))
    assert len(mail.outbox) == MOST_MAILS_A_DAY
    assert len(set(pages)) == 1
    # What is over it goes out when the day is over, while the invitation still counts.
    deliver_invitations(at=timezone.now() + timedelta(days=1, minutes=1), most=50)
    assert len(mail.outbox) == len(clients)


# ---------------------------------------------------------------- when it cannot be sent


def test_a_mail_that_cannot_be_sent_is_tried_again_and_then_said(settings: Any) -> None:
    client = make_client()
    browser = manager_of(client, Role.OWNER)
    invite(browser, client)
    ours, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Away"
    at = timezone.now()
    for _ in range(10):
        deliver_invitations(at=at, most=50)
        at += timedelta(minutes=5)
    invitation = waiting(client)
    assert (invitation.mail_attempts, invitation.mail_error) == (3, "AnymailAPIError")
    page = browser.get(reverse("admin:accounts_membership_changelist")).content.decode()
    assert "E-mail couldn&#x27;t be sent" in page
    settings.EMAIL_BACKEND = ours
    address = reverse("admin:accounts_membership_invitation", args=[invitation.pk])
    browser.post(address, {"act": "send_again"})
    guest = Browser()
    open_link(mailed_link(), guest)
    accept(guest)
    assert User.objects.get(email=ADA).memberships.get().client == client


def test_a_mail_whose_sender_died_is_sent_again_with_another_token() -> None:
    client = make_client()
    invite(manager_of(client, Role.OWNER), client)
    first = mailed_link()
    # As a worker leaves it that was killed between sending and noting it.
    Invitation.objects.update(mail_due_at=timezone.now() + LEASE, mailed_at=None)
    assert deliver_invitations(at=timezone.now(), most=50) == 0
    assert deliver_invitations(at=timezone.now() + LEASE, most=50) == 1
    second = link_in(str(mail.outbox[-1].body))
    assert second != first
    assert open_link(first).status_code == 410
    assert open_link(second).status_code == 200


def test_nothing_is_sent_for_an_invitation_that_has_ended() -> None:
    client = make_client()
    browser = manager_of(client, Role.OWNER)
    invite(browser, client)
    address = reverse("admin:accounts_membership_invitation", args=[waiting(client).pk])
    browser.post(address, {"act": "withdraw"})
    assert deliver_invitations(at=timezone.now(), most=50) == 0
    assert mail.outbox == []


def test_nothing_is_sent_in_the_name_of_who_may_not_invite_any_more() -> None:
    client = make_client()
    inviter = make_user((client, Role.OWNER))
    invite(signed_in(inviter), client)
    User.objects.filter(pk=inviter.pk).update(is_active=False)
    assert deliver_invitations(at=timezone.now(), most=50) == 0
    assert mail.outbox == []


# ---------------------------------------------------------------- what it says


@pytest.mark.parametrize(
    "words",
    [
        "Parcel held: pay at https://evil.example",
        "evil.example",
        "www evil",
        "Ada\u202egpj",
        "call@evil",
        "evil\uff0eexample",
        "evil\u3002example",
        "x" * 81,
        "Ada\u200bLovelace",
        "Parcel held, pay 2 EUR, call +44 900 555 0199",
        "Parcel: call 0900 12345",
        "=?utf-8?q?Parcel_at_evil=2Ecom?=",
        "=?utf-8?b?cGF5IGF0IGV2aWwuY29t?=",
        "evil dot com",
        "evil com",
        "evil\u2024com",
        "N\u043ertwind evil",  # a Cyrillic letter among Latin ones
        "evil \u2192 parcel",
    ],
)
def test_our_mail_carries_no_words_of_theirs(words: str) -> None:
    client = make_client(words[:120])
    inviter = make_user((client, Role.OWNER))
    User.objects.filter(pk=inviter.pk).update(first_name=words[:150])
    invite(signed_in(inviter), client, given_name="Parcel held", family_name="pay at once")
    mailed_link()
    subject = str(
        make_header(decode_header(str(mail.outbox[-1].subject)))
    )  # as a mail program does
    whole = f"{subject} {mail.outbox[-1].body} {html_of_last()}"
    assert "Parcel" not in whole
    assert "evil" not in whole
    assert "0900" not in whole
    assert "\u202e" not in whole
    assert "A client" in whole or "a client" in whole


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Müller &  Söhne, Ltd. ", "Müller & Söhne, Ltd."),
        ("4711 (Köln)", "4711 (Köln)"),
        ("Nordlicht S.p.A.", "Nordlicht S.p.A."),
        ("7-Eleven", "7-Eleven"),
        ("Info Systems", "Info Systems"),
        ("ソニー Music", "ソニー Music"),
    ],
)
def test_a_clients_name_that_looks_like_one_is_in_the_mail(typed: str, shown: str) -> None:
    assert company_to_mail(typed, otherwise="x") == shown


@pytest.mark.parametrize(
    "name", ["Ada O'Neill-Smith", "Dr. María José de la Cruz", "김 민준", "佐々木 希", "Zoë"]
)
def test_a_colleagues_name_that_looks_like_one_is_in_the_mail(name: str) -> None:
    assert person_to_mail(name, otherwise="x") == name


def test_markup_in_a_name_is_text_in_the_mail() -> None:
    client = make_client("<b onclick=x>Nordlicht<script>")
    invite(manager_of(client, Role.OWNER), client)
    mailed_link()
    html = html_of_last()
    assert "<script" not in html
    assert "<b " not in html


def test_an_address_is_compared_in_small_plain_letters() -> None:
    assert clean_address("  Ada@Example.COM ") == ADA
    assert clean_address("ad\u0131@example.com") is None
    assert clean_address(f"{'a' * 150}@example.com") is None
