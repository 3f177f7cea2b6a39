"""What is to be done before a publish, and the way there: a link for who may act, else who that is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Capability, Role
from campaigns.accounts.services.scope import can
from campaigns.accounts.wording import person
from campaigns.publishing.rules.publish_checks import Finding
from campaigns.setup.models import Campaign

MOST_NAMED = 3
_OPERATOR = "your CampaignHub operator"


@dataclass(frozen=True)
class Todo:
    """A finding as the checklist shows it: the words, and the way to where it is mended.

    ``link`` leads to another page; ``who`` says who can act where the reader can't.
    Without either, ``field``, ``row`` and ``language`` name an input on the tab, for
    the page's script.
    """

    tab: str
    message: str
    field: str
    row: str
    language: str
    link: str = ""
    who: str = ""


def todos(findings: Iterable[Finding], campaign: Campaign, *, user: User) -> list[Todo]:
    """Return findings with the way to each, as ``user`` may go it."""
    return [_todo(finding, campaign.client, user) for finding in findings]


def _todo(finding: Finding, client: Client, user: User) -> Todo:
    table, _, column = finding.field.rpartition(".")
    link = who = ""
    if table == "client":
        link, who = _at_the_client(finding, client, column, user)
    return Todo(finding.tab, finding.message, column, finding.row, finding.language, link, who)


def _at_the_client(finding: Finding, client: Client, column: str, user: User) -> tuple[str, str]:
    about_the_sender = finding.code == "sender_not_verified"
    if about_the_sender and user.is_superuser:
        senders = reverse("admin:accounts_senderidentity_changelist")
        return f"{senders}?client__id__exact={client.pk}", ""
    if not can(user, Capability.CLIENT_EDIT, client):
        owners = _owners(client)
        return "", f"Ask {owners}, or {_OPERATOR}." if about_the_sender else f"Ask {owners}."
    page = reverse("admin:accounts_client_change", args=[client.pk])
    who = f"Choose another address, or ask {_OPERATOR} to verify this one."
    return f"{page}#id_{column}", who if about_the_sender else ""


def _owners(client: Client) -> str:
    """Name who owns a client, so that its other staff know whom to ask."""
    owners: QuerySet[User] = User.objects.filter(
        memberships__client=client, memberships__role=Role.OWNER, is_active=True
    )
    names = [person(owner) for owner in owners.order_by("last_name", "pk")[:MOST_NAMED]]
    return f"{' or '.join(names)} (owner)" if names else f"an owner of {client}"
