"""What tests of senders do: assign one, save the client's page, and read whom a mail comes from."""

from email.utils import parseaddr
from typing import Any

from django.core import mail as outbox
from django.test import Client as Browser
from django.urls import reverse

from campaignhub.env import env
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from submissions.mail.services.delivery import deliver_mails
from tests.campaigns.factories import make_user
from tests.security.entrants import enter
from tests.submissions.factories import NOON

OURS = parseaddr(env().default_from_email)[1]
THEIRS = "hello@nordlicht.example"
SPOOFED = [
    "billing@other.example",
    "Billing <billing@other.example>",
    '"billing@other.example" <x>',
    "billing\uff20other.example",
    "billing\ufe6bother.example",
    "=?utf-8?q?billing=40other.example?=",
    "Nordlicht\r\nBcc: all@example.com",
    "Nordlicht\u202eelpmaxe",
    "Nord\u200blicht",
    "CampaignHub",
    "Campaign Hub Support",
    "C4MPA1GN-HUB",
    "\u0421ampaign\u041dub",
]


def assign(client: Client, identity: str, *, verified: bool = True) -> Any:
    from campaigns.accounts.models import SenderIdentity

    return SenderIdentity.objects.create(
        client=client,
        identity=identity,
        verified_at=NOON if verified else None,
        assigned_at=NOON,
    )


def worker(*roles: tuple[Client, Role], operator: bool = False, name: str = "") -> User:
    user = make_user(*roles)
    user.is_superuser, user.email = operator, f"{user.username}@agency.example"
    user.last_name = name
    user.save()
    return user


def browser_of(*roles: tuple[Client, Role], operator: bool = False) -> Browser:
    browser = Browser()
    browser.force_login(worker(*roles, operator=operator))
    return browser


def save_client(browser: Browser, client: Client, **typed: str) -> str:
    """Send the client's page as a browser does; return what it answers."""
    data = {"name": client.name, "help_email": "help@mallory.example", **typed}
    address = reverse("admin:accounts_client_change", args=[client.pk])
    page = browser.post(address, data, follow=True)
    client.refresh_from_db()
    return page.content.decode()


def sent_from(campaign: Campaign) -> tuple[str, str]:
    """Let somebody enter; return the name and address that the mail about it comes from."""
    enter(campaign)
    deliver_mails(at=NOON, most=10)
    return parseaddr(str(outbox.outbox[-1].message()["From"]))
