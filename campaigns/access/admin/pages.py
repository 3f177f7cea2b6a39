"""Block lists and partner keys in the admin: who is always looked at, and who may start entries."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpResponse

from campaignhub.env import env
from campaignhub.staff_site.filters import ScopedClients
from campaignhub.staff_site.lists import column, exact, named, state, when
from campaignhub.staff_site.navigation import Item
from campaignhub.staff_site.scoped import ActionsAdmin
from campaignhub.staff_site.views import AddPage, EndPage
from campaigns.access.admin.forms import BlockForm, PartnerKeyForm
from campaigns.access.models import BlockEntry, PartnerKey
from campaigns.access.services import blocks, partners
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.wording import person

_UNBOUND = "Nothing: it was made before keys belonged to a client. Revoke it and make another."


class AddToBlockList(AddPage):
    """The form that blocks a person at one client."""

    form_class = BlockForm
    title = "Add to block list"
    words = (
        "Their entries go to review in all campaigns of the client. Applies within 30 seconds. "
        "They aren't told, and nothing is refused by the list alone."
    )
    button = "Add"

    def make(self, wanted: dict[str, Any]) -> None:
        """Put them there."""
        row = blocks.block(
            wanted["client"],
            kind=BlockEntry.Kind(wanted["kind"]),
            value=wanted["value"],
            country=wanted["country"],
            note=wanted["note"],
            **self.signed(),
        )
        messages.success(self.request, f"{row.hint} is on the block list of {row.client}.")


class BlockListPage(EndPage):
    """Who it is, and the way off the list."""

    row: BlockEntry

    def shown(self) -> dict[str, Any]:
        """Return what is known of them: nothing that names them."""
        return {
            "facts": [
                ("What", self.row.get_kind_display()),
                ("Client", self.row.client),
                ("Since", exact(self.row.created_at, "UTC")),
                ("By", person(self.row.created_by)),
                ("Reason", self.row.note or "None given"),
            ],
            "act": "Remove from block list",
            "act_words": "Their entries are treated like any other within 30 seconds.",
        }

    def end(self) -> str:
        """Take somebody off."""
        words = f"{self.row.hint} is off the list of {self.row.client}."
        blocks.unblock(self.row, **self.signed())
        return words


@admin.register(BlockEntry)
class BlockEntryAdmin(ActionsAdmin):
    """People whose entries always go to review, per client."""

    view_capability = change_capability = add_capability = Capability.CLIENT_EDIT
    item = Item("People", 40, "Block lists", "block")
    add_page = AddToBlockList
    row_page = BlockListPage
    list_display = (
        column("Who", lambda row: named(row.hint, row.get_kind_display()), order="hint"),
        "note",
        "client",
        column("Since", lambda row: when(row.created_at), order="created_at"),
        column("By", lambda row: person(row.created_by)),
    )
    list_filter = ("kind", ("client", ScopedClients))
    list_select_related = ("client", "created_by")
    empty_title = "Block lists are empty"
    empty_words = (
        "Every entry of a person you add here goes to review, with the reason beside it. "
        "Entries aren't refused by the list alone."
    )
    empty_step = "Add to block list"


def _pace(key: PartnerKey) -> str:
    day = f", {key.quota_per_day:,} a day" if key.quota_per_day else ""
    return f"{key.rate_per_second} a second{day}"


def _works(key: PartnerKey) -> str:
    """Say whether it works; one from before keys were bound to their client opens nothing."""
    if key.revoked_at:
        return state("Revoked", "bad")
    return state("Works", "good") if key.key_hash else state("Opens nothing", "warn")


class MakeKey(AddPage):
    """A partner gets a key, which is shown this one time."""

    form_class = PartnerKeyForm
    title = "Make a key for a partner"
    words = (
        "The partner sends it with every start. It opens the campaigns of this client only, at "
        "the pace you set, and can be revoked at any time."
    )
    button = "Make the key"

    def make(self, wanted: dict[str, Any]) -> HttpResponse:
        """Make it and show it; no browser keeps the page."""
        made = partners.make_partner_key(
            wanted["client"],
            name=wanted["name"],
            rate_per_second=wanted["rate_per_second"],
            quota_per_day=wanted["quota_per_day"],
            **self.signed(),
        )
        self.title = f"The key of {made.key.name}"
        self.template_name = "admin/access/partnerkey/made.html"
        start = f"{env().public_api_url}/v1/partner/campaigns/…/start"
        answer = self.render_to_response(self.get_context_data(made=made, start_url=start))
        answer["Cache-Control"] = "no-store"
        return answer


class PartnerKeyPage(EndPage):
    """What a key may, and the way to end it."""

    row: PartnerKey

    def shown(self) -> dict[str, Any]:
        """Return what is known of it: never the key."""
        key = self.row
        revoked = exact(key.revoked_at, "UTC") if key.revoked_at else ""
        return {
            "facts": [
                ("Client", key.client),
                ("Ends in", key.last_four),
                ("Pace", _pace(key)),
                ("Made", f"{exact(key.created_at, 'UTC')} by {person(key.created_by)}"),
                *([("Revoked", f"{revoked} by {person(key.revoked_by)}")] if revoked else []),
                *([] if key.key_hash or revoked else [("Opens", _UNBOUND)]),
            ],
            "act": "" if revoked else "Revoke the key",
            "act_words": "No new entries can be started with it. This can't be undone; make another "
            "key instead. Entries already started keep counting.",
        }

    def end(self) -> str:
        """Revoke it."""
        partners.revoke_partner_key(self.row, **self.signed())
        return f"The key of {self.row.name} is revoked."


@admin.register(PartnerKey)
class PartnerKeyAdmin(ActionsAdmin):
    """Keys of kiosks, call centres and apps."""

    view_capability = change_capability = add_capability = Capability.CLIENT_EDIT
    item = Item("People", 50, "Partner keys", "key")
    add_page = MakeKey
    row_page = PartnerKeyPage
    list_display = (
        column("Partner", lambda key: named(key.name, f"…{key.last_four}"), order="name"),
        column("State", _works, order="revoked_at"),
        column("Pace", _pace),
        "client",
        column("Made", lambda key: when(key.created_at), order="created_at"),
    )
    list_filter = (("client", ScopedClients),)
    list_select_related = ("client",)
    search_fields = ("name",)
    search_help_text = "Name of the partner"
    empty_title = "No partner has a key"
    empty_words = "A kiosk, a call centre or an app needs a key to start entries for a client."
    empty_step = "Make a key"
