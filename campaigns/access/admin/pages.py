"""Block lists and partner keys in the admin: who is always looked at, and who may start entries."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.decorators import display

from campaignhub.env import env
from campaignhub.staff_site.actions import ActionsAdmin
from campaignhub.staff_site.filters import ScopedClients
from campaignhub.staff_site.lists import exact, named, state, when
from campaignhub.staff_site.navigation import Item, register
from campaigns.access.admin.forms import BlockForm, PartnerKeyForm
from campaigns.access.models import BlockEntry, PartnerKey
from campaigns.access.services import blocks, partners
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.wording import person

_UNBOUND = "Nothing: it was made before keys belonged to a client. Revoke it and make another."


@admin.register(BlockEntry)
class BlockEntryAdmin(ActionsAdmin):
    """People whose entries always go to review, per client."""

    view_capability = Capability.CLIENT_EDIT
    change_capability = Capability.CLIENT_EDIT
    add_capability = Capability.CLIENT_EDIT
    list_display = ("who", "note", "client", "since", "by")
    list_display_links = ("who",)
    list_filter = ("kind", ("client", ScopedClients))
    list_select_related = ("client", "created_by")
    empty_title = "Block lists are empty"
    empty_words = (
        "Every entry of a person you add here goes to review, with the reason beside it. "
        "Entries aren't refused by the list alone."
    )
    empty_step = "Add to block list"
    add_form = BlockForm
    add_title = "Add to block list"
    add_words = (
        "Their entries go to review in all campaigns of the client. Applies within 30 seconds. "
        "They aren't told, and nothing is refused by the list alone."
    )
    add_button = "Add"

    @display(description="Who", ordering="hint")
    def who(self, row: BlockEntry) -> str:
        """Show the masked value with its kind below."""
        return named(row.hint, row.get_kind_display())

    @display(description="Since", ordering="created_at")
    def since(self, row: BlockEntry) -> str:
        """Show since when."""
        return when(row.created_at)

    @display(description="By")
    def by(self, row: BlockEntry) -> str:
        """Show who put it there."""
        return person(row.created_by)

    def make(self, wanted: dict[str, Any], request: HttpRequest) -> HttpResponse:
        """Put somebody on a list."""
        row = blocks.block(
            wanted["client"],
            kind=BlockEntry.Kind(wanted["kind"]),
            value=wanted["value"],
            country=wanted["country"],
            note=wanted["note"],
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        messages.success(request, f"{row.hint} is on the block list of {row.client}.")
        return HttpResponseRedirect(self.list_address())

    def shown(self, thing: BlockEntry) -> dict[str, Any]:
        """Return who it is, and the way off the list."""
        return {
            "facts": [
                ("What", thing.get_kind_display()),
                ("Client", thing.client),
                ("Since", exact(thing.created_at, "UTC")),
                ("By", person(thing.created_by)),
                ("Reason", thing.note or "None given"),
            ],
            "act": "Remove from block list",
            "act_words": "Their entries are treated like any other within 30 seconds.",
        }

    def end(self, thing: BlockEntry, request: HttpRequest) -> str:
        """Take somebody off."""
        words = f"{thing.hint} is off the list of {thing.client}."
        blocks.unblock(thing, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        return words


@admin.register(PartnerKey)
class PartnerKeyAdmin(ActionsAdmin):
    """Keys of kiosks, call centres and apps."""

    view_capability = Capability.CLIENT_EDIT
    change_capability = Capability.CLIENT_EDIT
    add_capability = Capability.CLIENT_EDIT
    list_display = ("partner", "works", "pace", "client", "since")
    list_display_links = ("partner",)
    list_filter = (("client", ScopedClients),)
    list_select_related = ("client",)
    search_fields = ("name",)
    search_help_text = "Name of the partner"
    empty_title = "No partner has a key"
    empty_words = "A kiosk, a call centre or an app needs a key to start entries for a client."
    empty_step = "Make a key"
    add_form = PartnerKeyForm
    add_title = "Make a key for a partner"
    add_words = (
        "The partner sends it with every start. It opens the campaigns of this client only, at "
        "the pace you set, and can be revoked at any time."
    )
    add_button = "Make the key"

    @display(description="Partner", ordering="name")
    def partner(self, key: PartnerKey) -> str:
        """Show the name with the end of the key below."""
        return named(key.name, f"…{key.last_four}")

    @display(description="State", ordering="revoked_at")
    def works(self, key: PartnerKey) -> str:
        """Say whether it works; one from before keys were bound to their client opens nothing."""
        if key.revoked_at:
            return state("Revoked", "bad")
        return state("Works", "good") if key.key_hash else state("Opens nothing", "warn")

    @display(description="Pace")
    def pace(self, key: PartnerKey) -> str:
        """Show how much it may ask for."""
        day = f", {key.quota_per_day:,} a day" if key.quota_per_day else ""
        return f"{key.rate_per_second} a second{day}"

    @display(description="Made", ordering="created_at")
    def since(self, key: PartnerKey) -> str:
        """Show since when."""
        return when(key.created_at)

    def make(self, wanted: dict[str, Any], request: HttpRequest) -> HttpResponse:
        """Make a key and show it this one time."""
        made = partners.make_partner_key(
            wanted["client"],
            name=wanted["name"],
            rate_per_second=wanted["rate_per_second"],
            quota_per_day=wanted["quota_per_day"],
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        context = self.page_context(request, f"The key of {made.key.name}") | {
            "made": made,
            "start_url": f"{env().public_api_url}/v1/partner/campaigns/…/start",
        }
        answer = TemplateResponse(request, "admin/access/partnerkey/made.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    def shown(self, thing: PartnerKey) -> dict[str, Any]:
        """Return what the key may, and the way to end it."""
        revoked = f"{exact(thing.revoked_at, 'UTC')}" if thing.revoked_at else ""
        return {
            "facts": [
                ("Client", thing.client),
                ("Ends in", thing.last_four),
                ("Pace", self.pace(thing)),
                ("Made", f"{exact(thing.created_at, 'UTC')} by {person(thing.created_by)}"),
                *([("Revoked", f"{revoked} by {person(thing.revoked_by)}")] if revoked else []),
                *([] if thing.key_hash or revoked else [("Opens", _UNBOUND)]),
            ],
            "act": "" if thing.revoked_at else "Revoke the key",
            "act_words": "No new entries can be started with it. This can't be undone; make another "
            "key instead. Entries already started keep counting.",
        }

    def end(self, thing: PartnerKey, request: HttpRequest) -> str:
        """Revoke it."""
        partners.revoke_partner_key(thing, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        return f"The key of {thing.name} is revoked."


register(
    Item(
        "People",
        40,
        "Block lists",
        "block",
        "admin:access_blockentry_changelist",
        Capability.CLIENT_EDIT,
    ),
    Item(
        "People",
        50,
        "Partner keys",
        "key",
        "admin:access_partnerkey_changelist",
        Capability.CLIENT_EDIT,
    ),
)
