"""What tests of invitations do: invite on the page, let the worker send, open the link of the mail."""

import re
from typing import Any

from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import Client, Invitation, User
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.invitations.mail import deliver_invitations
from tests.campaigns.factories import make_client
from tests.security.signing_in import make_account

PASSWORD = "a sentence of my own"
ADA = "ada@example.com"


def invite(
    browser: Browser,
    client: Client,
    address: str = ADA,
    role: Role = Role.MODERATOR,
    **names: str,
) -> Any:
    """Send the invitation's form, and follow to the list."""
    wanted = {"client": client.pk, "email": address, "role": role.value, **names}
    return browser.post(reverse("admin:accounts_membership_add"), wanted, follow=True)


def waiting(client: Client) -> Invitation:
    """Return the one invitation of a client that has not ended."""
    return Invitation.objects.not_ended().get(client=client)


def mailed_link(address: str = ADA) -> str:
    """Let the worker send what is due; return the link of the last mail to an address."""
    deliver_invitations(at=timezone.now(), most=50)
    sent = [message for message in mail.outbox if message.to == [address]]
    return link_in(str(sent[-1].body))


def link_in(text: str) -> str:
    """Return the link of an invitation's mail."""
    found = re.search(r"https?://\S+/welcome/#\S+", text)
    assert found is not None, text
    return found[0]


def open_link(link: str, browser: Browser | None = None) -> Any:
    """Follow a link as the page's script does: its token goes into the body of a form."""
    browser = browser or Browser()
    token = link.partition("#")[2]
    return browser.post(reverse("welcome"), {"link": token}, follow=True)


def accept(browser: Browser, **changes: str) -> Any:
    """Press the button that accepts, with what a new account needs."""
    typed = {
        "given_name": "Ada",
        "family_name": "Lovelace",
        "password": PASSWORD,
        "password_again": PASSWORD,
    }
    return browser.post(reverse("welcome_accept"), typed | changes, follow=True)


def step(page: Any) -> str:
    """Return what an invitation's page asks for next."""
    return str(page.context["step"])


def make_ada(**changes: Any) -> User:
    """Make an account of Ada's, who works for a client of her own."""
    account = make_account((make_client("Ada's own"), Role.OWNER), name=ADA)
    User.objects.filter(pk=account.pk).update(
        **{"email": ADA, "first_name": "Ada", "last_name": "Byron", **changes}
    )
    account.refresh_from_db()
    return account
