"""Clients in the admin: who promotes, whom entrants ask, and who mails come from."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from unfold.dataclasses import SearchResult
from unfold.decorators import display

from campaignhub.staff_site.command_search import MOST, finds
from campaignhub.staff_site.lists import column, named, state
from campaignhub.staff_site.navigation import Item
from campaignhub.staff_site.scoped import ScopedModelAdmin
from campaigns.accounts.admin.forms import ClientForm
from campaigns.accounts.admin.senders import assigned_senders
from campaigns.accounts.models import Client
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.accounts.services.scope import clients_of
from campaigns.accounts.services.sender import check_sender

_PROMOTER = {
    "legal_name": "legal name",
    "address": "address",
    "help_email": "help contact",
}

_UNNAMED = "No legal name yet"


def _ready(client: Client) -> str:
    """Say whether campaigns of the client can be published."""
    missing = [words for name, words in _PROMOTER.items() if not getattr(client, name)]
    if missing:
        return state(f"{' and '.join(missing).capitalize()} missing", "warn")
    return state("Complete", "good")


@admin.register(Client)
class ClientAdmin(ScopedModelAdmin):
    """The companies one works for."""

    item = Item("People", 10, "Clients", "apartment")
    form = ClientForm
    client_path = "pk"
    view_capability = Capability.CLIENT_EDIT
    change_capability = Capability.CLIENT_EDIT
    list_display = (
        column("Client", lambda row: named(row.name, row.legal_name or _UNNAMED), order="name"),
        column("Promoter", _ready),
        column("Campaigns", lambda row: row.campaigns_run, order="campaigns_run"),
        column("Staff", lambda row: row.staff_here, order="staff_here"),
        column("Help e-mail", lambda row: row.help_email, order="help_email"),
    )
    search_fields = ("name", "legal_name")
    search_help_text = "Name or legal name"
    empty_title = "No client yet"
    empty_words = (
        "A client is a company whose campaigns are run here. Staff see their clients only."
    )
    empty_step = "Add client"
    fieldsets = (
        (
            "Promoter",
            {
                "fields": ("legal_name", "address"),
                "description": "Shown in the official rules and at the foot of every page and "
                "e-mail. No campaign can be published without it.",
            },
        ),
        (
            "Help for entrants",
            {
                "fields": ("help_email", "help_phone"),
                "description": "Shown on every page and in every e-mail. Replies to e-mails go to "
                "this address.",
            },
        ),
    )
    readonly_fields = ("senders",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only who operates the platform takes on a client."""
        return bool(request.user.is_superuser)

    def get_fieldsets(self, request: HttpRequest, obj: Client | None = None) -> Any:
        """Offer an address where there is a sender to choose it from, or one to give up."""
        name_words = (
            "Shown to entrants and to the people invited to work for it."
            if request.user.is_superuser
            else "Only your CampaignHub operator can change the name."
        )
        name = (None, {"fields": ("name",), "description": name_words})
        address = obj and (obj.sender_email or obj.sender_identities.exists())
        sender = (
            "sender_name",
            *(("sender_email",) if address else ()),
            *(("senders",) if obj else ()),
        )
        return (name, *self.fieldsets, ("Sender of e-mails", {"fields": sender}))

    def get_readonly_fields(self, request: HttpRequest, obj: Client | None = None) -> Any:
        """Leave the name to operators.

        It stands in mails of the platform's own and tells invited people who asks them
        in, so no client may choose to be called like another, or like a message.
        """
        own = super().get_readonly_fields(request, obj)
        return own if request.user.is_superuser else ("name", *own)

    @display(description="Senders")
    def senders(self, client: Client) -> str:
        """Show what the client may send from, and who can change that."""
        return assigned_senders(client)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Count campaigns and staff in the same query as the list."""
        rows = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(
            campaigns_run=Count("campaigns", distinct=True),
            staff_here=Count("memberships__user", distinct=True),
        )
        return counted

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Give the address the lines that an address has."""
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "address":
            formfield.widget.attrs["rows"] = 3
        return formfield

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer to save, and nothing else: nobody takes on two clients at a stretch."""
        context.update(show_save_and_add_another=False, show_save_and_continue=False)
        if context.get("original") is None:
            context["title"] = "Add client"
        page: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return page

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        """Save, with a line in the log that says what was there before and after."""
        earlier = Client.objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        if "sender_email" in form.changed_data and obj.sender_email:
            transaction.on_commit(lambda: check_sender(obj, at=timezone.now()))
        if form.changed_data:
            audit.record(
                obj,
                "client.changed" if change else "client.created",
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
                before={name: getattr(earlier, name) for name in form.changed_data}
                if earlier
                else None,
                after={name: getattr(obj, name) for name in form.changed_data},
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
