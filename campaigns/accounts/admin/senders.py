"""Senders in the admin: which domains and addresses belong to which client. For operators alone."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from campaignhub.staff_site.filters import ScopedClients
from campaignhub.staff_site.lists import column, exact, named, state, when
from campaignhub.staff_site.navigation import Item
from campaignhub.staff_site.scoped import ActionsAdmin
from campaignhub.staff_site.views import AddPage, EndPage
from campaigns.accounts.admin.forms import SenderIdentityForm
from campaigns.accounts.models import Client, SenderIdentity
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.sender import (
    check_identity,
    platform_address,
    shared_sender,
    verified_sender,
)
from campaigns.accounts.services.sender_identities import assign_identity, withdraw_identity
from campaigns.accounts.wording import person

_NOT_VERIFIED = (
    "Not verified yet: the e-mail service doesn't send from it. Until it does, the client's e-mails "
    "come from {}. Verify it with the e-mail service, then check its status here."
)


class AddSender(AddPage):
    """A client gets a domain or an address to send from."""

    form_class = SenderIdentityForm
    title = button = "Add sender"
    words = (
        "Only this client's e-mails can come from it. Nothing is sent from it until the domain or "
        "address is also verified with the e-mail service."
    )

    def make(self, wanted: dict[str, Any]) -> None:
        """Assign it, and say whether mails can come from it already."""
        identity = assign_identity(wanted["client"], wanted["identity"], **self.signed())
        if identity.verified_at:
            messages.success(self.request, f"{identity} is a sender of {identity.client}.")
            return
        messages.warning(
            self.request,
            f"{identity} is added for {identity.client}. Verify it with the e-mail service next.",
        )


class SenderPage(EndPage):
    """What a sender covers, and the ways to check and to remove it."""

    row: SenderIdentity

    def shown(self) -> dict[str, Any]:
        """Return what is known of it, and what its removal would do."""
        sender = self.row
        covered = "Every address at this domain and its subdomains"
        return {
            "facts": [
                ("Client", sender.client),
                ("Covers", covered if sender.is_domain else "This address only"),
                ("Status", verified_state(sender)),
                ("Added", f"{exact(sender.assigned_at, 'UTC')} by {person(sender.assigned_by)}"),
            ],
            "note": "" if sender.verified_at else _NOT_VERIFIED.format(platform_address()),
            "check": "Check status",
            "act": "Remove sender",
            "asks_first": True,
            "act_words": f"{sender.client} can't send from it any more. Its e-mails then come from "
            f"{platform_address()}, unless another of its senders covers the sender address.",
        }

    def check(self) -> None:
        """Ask the mail service about it again."""
        if check_identity(self.row, at=timezone.now()):
            messages.success(self.request, f"{self.row} is verified. E-mails can come from it.")
            return
        messages.warning(
            self.request,
            f"{self.row} is not verified yet. Verify it with the e-mail service, then check again.",
        )

    def end(self) -> str:
        """Remove it."""
        withdraw_identity(self.row, **self.signed())
        return f"{self.row.identity} is no longer a sender of {self.row.client}."


@admin.register(SenderIdentity)
class SenderIdentityAdmin(ActionsAdmin):
    """Domains and addresses that mails may come from, per client."""

    view_capability = Capability.CLIENT_EDIT
    item = Item("People", 20, "Senders", "outgoing_mail", for_operators=True)
    add_page = AddSender
    row_page = SenderPage
    list_display = (
        column("Sender", lambda row: named(row.identity, _kind(row)), order="identity"),
        column("Status", lambda row: verified_state(row), order="verified_at"),
        "client",
        column("Added", lambda row: when(row.assigned_at), order="assigned_at"),
    )
    list_filter = (("client", ScopedClients),)
    list_select_related = ("client",)
    search_fields = ("identity",)
    search_help_text = "Domain or address"
    empty_title = "No senders yet"
    empty_words = (
        "E-mails of clients without a sender come from the platform's address, like \u201cNorthwind "
        "via CampaignHub\u201d. Add a domain or an address that a client owns to send from there."
    )
    empty_step = "Add sender"

    # Nothing here is of a role: a client must not take what is another's.

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only who operates the platform."""
        return bool(request.user.is_active and request.user.is_superuser)

    has_change_permission = has_add_permission = has_view_permission

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return nothing to others, so that every address answers them with 404."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows if self.has_view_permission(request) else rows.none()


def _kind(identity: SenderIdentity) -> str:
    return "Domain" if identity.is_domain else "Address"


def verified_state(identity: SenderIdentity) -> str:
    """Show whether mails can come from an identity."""
    if identity.verified_at:
        return state("Verified", "good")
    return state("Not verified", "warn")


def assigned_senders(client: Client) -> str:
    """Show what a client may send from, which address its e-mails have now, and who can change that."""
    rows = [(one.identity, verified_state(one)) for one in client.sender_identities.all()]
    listed = format_html_join("", "<li><b>{}</b>{}</li>", rows)
    return format_html(
        '<ul class="senders">{}</ul><p>E-mails come from <b>{}</b>.</p>'
        "<p>Only your CampaignHub operator can add or remove senders.</p>",
        listed,
        verified_sender(client) or shared_sender(client),
    )
