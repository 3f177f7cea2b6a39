"""Senders in the admin: which domains and addresses belong to which client. For operators alone."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from unfold.decorators import display

from campaignhub.staff_site.actions import ActionsAdmin
from campaignhub.staff_site.filters import ScopedClients
from campaignhub.staff_site.lists import exact, named, state, when
from campaigns.accounts.admin.sender_forms import SenderIdentityForm
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


@admin.register(SenderIdentity)
class SenderIdentityAdmin(ActionsAdmin):
    """Domains and addresses that mails may come from, per client."""

    view_capability = Capability.CLIENT_EDIT
    list_display = ("sender", "verified", "client", "since")
    list_display_links = ("sender",)
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
    add_form = SenderIdentityForm
    add_title = "Add sender"
    add_words = (
        "Only this client's e-mails can come from it. Nothing is sent from it until the domain or "
        "address is also verified with the e-mail service."
    )
    add_button = "Add sender"

    # Nothing here is of a role: a client must not take what is another's.

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Only who operates the platform."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Only who operates the platform."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only who operates the platform."""
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return nothing to others, so that every address answers them with 404."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows if self.has_view_permission(request) else rows.none()

    @display(description="Sender", ordering="identity")
    def sender(self, identity: SenderIdentity) -> str:
        """Show the domain or address with what it covers below."""
        return named(identity.identity, "Domain" if identity.is_domain else "Address")

    @display(description="Status", ordering="verified_at")
    def verified(self, identity: SenderIdentity) -> str:
        """Say whether mails can come from it."""
        return verified_state(identity)

    @display(description="Added", ordering="assigned_at")
    def since(self, identity: SenderIdentity) -> str:
        """Show since when."""
        return when(identity.assigned_at)

    def make(self, wanted: dict[str, Any], request: HttpRequest) -> HttpResponse:
        """Assign it, and say whether mails can come from it already."""
        identity = assign_identity(
            wanted["client"],
            wanted["identity"],
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        if identity.verified_at:
            messages.success(request, f"{identity} is a sender of {identity.client}.")
        else:
            messages.warning(
                request,
                f"{identity} is added for {identity.client}. Verify it with the e-mail service next.",
            )
        return HttpResponseRedirect(self.list_address())

    def page_of(self, thing: SenderIdentity, request: HttpRequest) -> HttpResponse:
        """Show one; ask the mail service about it again, or remove it."""
        if request.method == "POST" and request.POST.get("act") == "check":
            if check_identity(thing, at=timezone.now()):
                messages.success(request, f"{thing} is verified. E-mails can come from it.")
            else:
                messages.warning(
                    request,
                    f"{thing} is not verified yet. Verify it with the e-mail service, then check "
                    "again.",
                )
            return HttpResponseRedirect(request.path)
        if request.method == "POST":
            return super().page_of(thing, request)
        context = self.page_context(request, str(thing)) | self.shown(thing)
        return TemplateResponse(request, "admin/accounts/senderidentity/sender.html", context)

    def shown(self, thing: SenderIdentity) -> dict[str, Any]:
        """Return what it is, and the ways to check and to remove it."""
        covered = (
            "Every address at this domain and its subdomains"
            if thing.is_domain
            else "This address only"
        )
        return {
            "facts": [
                ("Client", thing.client),
                ("Covers", covered),
                ("Status", verified_state(thing)),
                ("Added", f"{exact(thing.assigned_at, 'UTC')} by {person(thing.assigned_by)}"),
            ],
            "note": "" if thing.verified_at else _NOT_VERIFIED.format(platform_address()),
            "act": "Remove sender",
            "act_words": f"{thing.client} can't send from it any more. Its e-mails then come from "
            f"{platform_address()}, unless another of its senders covers the sender address.",
        }

    def end(self, thing: SenderIdentity, request: HttpRequest) -> str:
        """Remove it."""
        withdraw_identity(thing, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        return f"{thing.identity} is no longer a sender of {thing.client}."


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
