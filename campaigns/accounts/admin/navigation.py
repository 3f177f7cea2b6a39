"""Clients and people in the navigation and the command search."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from campaignhub.staff_site.command_search import MOST, finds
from campaignhub.staff_site.navigation import Item, register
from campaigns.accounts.models import Client
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import clients_of

register(
    Item(
        "People",
        10,
        "Clients",
        "apartment",
        "admin:accounts_client_changelist",
        Capability.CLIENT_EDIT,
    ),
    Item(
        "People",
        20,
        "Senders",
        "outgoing_mail",
        "admin:accounts_senderidentity_changelist",
        Capability.CLIENT_EDIT,
        for_operators=True,
    ),
    Item(
        "People",
        30,
        "Staff",
        "group",
        "admin:accounts_membership_changelist",
        Capability.STAFF_MANAGE,
    ),
    Item(
        "People",
        60,
        "Audit log",
        "history",
        "admin:accounts_auditentry_changelist",
        Capability.AUDIT_VIEW,
    ),
)


@finds(30)
def clients_named(request: HttpRequest, term: str) -> Iterator[SearchResult]:
    """Find clients by a part of their name."""
    rows = clients_of(request.user, Capability.CLIENT_EDIT)  # type: ignore[arg-type]
    client: Client
    for client in rows.filter(name__icontains=term)[:MOST]:
        yield SearchResult(
            title=client.name,
            description="Client",
            link=reverse("admin:accounts_client_change", args=[client.pk]),
            icon="apartment",
        )
