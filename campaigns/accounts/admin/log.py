"""The log in the admin: who did what, in words, with what was there before and after."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.paginator import InfinitePaginator

from campaignhub.staff_site.filters import ScopedClients
from campaignhub.staff_site.lists import column, exact, named, when
from campaignhub.staff_site.navigation import Item
from campaignhub.staff_site.scoped import ActionsAdmin
from campaignhub.staff_site.views import RowPage
from campaigns.accounts.models import AuditEntry, Invitation, User
from campaigns.accounts.rules.roles import Capability, Role
from campaigns.accounts.services.scope import clients_of
from campaigns.accounts.wording import person

WORDS = {
    "campaign.created": "Started a campaign",
    "campaign.changed": "Changed a campaign",
    "campaign.formfield_rows_changed": "Changed a form",
    "campaign.limit_rows_changed": "Changed limits",
    "campaign.cloned": "Cloned a campaign",
    "campaign.published": "Published a campaign",
    "campaign.published_as_test": "Published a test",
    "campaign.amended": "Amended a campaign",
    "client.domain_changed": "Changed a client's domain",
    "campaign.embedding_changed": "Changed who may embed a campaign",
    "campaign.page_put_back": "Put a page back",
    "campaign.page_rolled_back": "Went back to a page's earlier templates",
    "campaign.page_taken_down": "Took a page down",
    "campaign.page_updated": "Went on to a page's latest templates",
    "campaign.limits_set": "Set limits",
    "campaign.test_data_deleted": "Deleted test data",
    "campaign.tested": "Published a test",
    "campaign.scheduled": "Scheduled a campaign",
    "campaign.live": "Opened a campaign",
    "campaign.paused": "Paused a campaign",
    "campaign.closed": "Closed a campaign",
    "campaign.archived": "Archived a campaign",
    "client.created": "Added a client",
    "client.changed": "Changed a client",
    "client.blocked": "Added to a block list",
    "client.unblocked": "Removed from a block list",
    "partner.key_made": "Made a partner's key",
    "partner.key_revoked": "Revoked a partner's key",
    "sender.assigned": "Added a sender",
    "sender.withdrawn": "Removed a sender",
    "staff.invited": "Invited a colleague",
    "staff.invited_again": "Invited a colleague again",
    "staff.invitation_withdrawn": "Withdrew an invitation",
    "staff.invitation_declined": "Declined an invitation",
    "staff.joined": "Accepted an invitation",
    "staff.role_changed": "Changed a role",
    "staff.role_withdrawn": "Removed a colleague",
    "staff.password_changed": "Changed their password",
    "sign_in.succeeded": "Signed in",
    "sign_in.failed": "Failed to sign in",
    "sign_in.not_confirmed": "Failed to confirm their password",
    "sign_in.refused": "Blocked: too many sign-in attempts",
    "mail.listed": "Opened the list of e-mails",
    "mail.searched": "Searched e-mails",
    "mail.read": "Read an e-mail",
    "mail.sent_again": "Sent an e-mail again",
    "mail.tried_now": "Tried again to send e-mails",
    "mail.marked_as_sent": "Marked an e-mail as sent",
    "job.started": "Started a job",
    "job.cancel_asked": "Cancelled a job",
    "job.tried_again": "Tried a job again",
    "job.done": "A job was done",
    "job.failed": "A job failed",
    "job.cancelled": "A job was stopped",
    "ledger.round_asked": "Started a comparison",
    "pipe.switched_on": "Switched on a Pipe",
    "submission.approved": "Approved an entry",
    "submission.rejected": "Rejected an entry",
    "submission.needs_resubmission": "Asked for a new photo",
    "submission.pending_review": "Reopened an entry",
    "submission.revoked": "Revoked an entry",
    "submission.contact_seen": "Saw personal data",
    "submission.listed": "Opened the list of entries",
    "submission.searched": "Searched entries",
    "prize.code_viewed": "Saw a winner's code",
    "prize.codes_added": "Added codes to a prize",
    "prize.codes_removed": "Removed codes from a prize",
    "prize.moments_brought": "Uploaded winning moments",
    "prize.moments_viewed": "Saw winning moments",
    "prize.stock_lowered": "Lowered the stock of a prize",
}
"""Code → what happened; a code that is not here speaks for itself."""

_ROOMS = {
    "campaign": "Campaigns",
    "client": "Clients",
    "sender": "Senders",
    "staff": "Staff",
    "sign_in": "Sign-in",
    "partner": "Partners",
    "submission": "Entries",
    "mail": "Mails",
    "job": "Jobs",
    "prize": "Prizes",
}


def in_words(code: str) -> str:
    """Return what a code says to people."""
    return WORDS.get(code) or code.replace(".", ": ").replace("_", " ").capitalize()


class Room(admin.SimpleListFilter):
    """What the act was about."""

    title = "about"
    parameter_name = "about"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Return the rooms."""
        return list(_ROOMS.items())

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the acts in a room: a range of the index over codes."""
        room = self.value()
        if room not in _ROOMS:
            return queryset
        return queryset.filter(code__gte=f"{room}.", code__lt=f"{room}/")


class ScopedPeople(admin.RelatedFieldListFilter):
    """Who did it, among those who work for one's own clients."""

    def field_choices(self, _field: Any, request: HttpRequest, _model_admin: Any) -> Any:
        """Return the people to choose from."""
        clients = clients_of(request.user, Capability.AUDIT_VIEW)  # type: ignore[arg-type]
        people = User.objects.filter(memberships__client__in=clients).distinct()
        return [(user.pk, person(user)) for user in people.order_by("last_name", "username")]


def doer(line: AuditEntry) -> str:
    """Return who did it. A failed sign-in proves nothing about who typed."""
    if line.actor is None and line.code.startswith(("sign_in.", "staff.invitation_declined")):
        return "Not signed in"
    return person(line.actor)


def _user_name(line: AuditEntry) -> str:
    return line.actor.username if line.actor else ""


class Line(RowPage):
    """One line of the log with its differences."""

    template_name = "admin/accounts/auditentry/entry.html"
    related = ("actor", "client")
    row: AuditEntry

    def shown(self) -> dict[str, Any]:
        """Add what there is to it."""
        name_people([self.row])
        self.title = in_words(self.row.code)
        return {
            "entry": self.row,
            "concerned": concerned(self.row),
            "who": doer(self.row),
            "user_name": _user_name(self.row),
            "at": exact(self.row.at, "UTC"),
            "changes": differences(self.row.before, self.row.after),
        }


@admin.register(AuditEntry)
class AuditEntryAdmin(ActionsAdmin):
    """The log: read, never written by hand."""

    pages = ("list", "change")
    row_page = Line
    item = Item("People", 60, "Audit log", "history")
    view_capability = Capability.AUDIT_VIEW
    list_display = (
        column("What", lambda row: named(in_words(row.code), concerned(row))),
        # Of two people of one name, the user name tells which.
        column("Who", lambda row: named(doer(row), _user_name(row)), order="actor"),
        column("When", lambda row: when(row.at), order="at"),
        "client",
    )
    list_select_related = ("actor", "client")
    list_filter = (Room, ("client", ScopedClients), ("actor", ScopedPeople))
    search_fields = ("target",)
    search_help_text = "Search, such as summer-receipts"
    show_full_result_count = False
    paginator = InfinitePaginator
    ordering = ("-at", "-id")
    list_per_page = 50
    empty_title = "No log entries yet"
    empty_words = "Every change, publish, decision and view of personal data is recorded here, with who did it."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Show what concerns no client to who operates the platform."""
        if request.user.is_superuser:
            rows: QuerySet[Any] = AuditEntry.objects.all()
            return rows
        return super().get_queryset(request)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Name the people whom the lines of a page are about, with one query for all of them."""
        page = super().get_changelist_instance(request)
        name_people(page.result_list)
        return page


def name_people(lines: Sequence[Any]) -> None:
    """Put the names of people in the place of their ids, where a line is about one."""
    names = _names(lines, "user:", User, person)
    names |= _names(lines, "invitation:", Invitation, lambda row: row.address)
    for line in lines:
        line.concerned = names.get(line.target, "")


def _names(
    lines: Sequence[Any], kind: str, model: Any, name: Callable[[Any], str]
) -> dict[str, str]:
    """Return names by target, asking for none where no line is about one of this kind."""
    numbers = {line.target.removeprefix(kind) for line in lines if line.target.startswith(kind)}
    keys = [int(number) for number in numbers if number.isdecimal()]
    rows = model.objects.filter(pk__in=keys) if keys else ()
    return {f"{kind}{row.pk}": name(row) for row in rows}


def concerned(line: Any) -> str:
    """Return what a line is about, as people call it."""
    return str(line.concerned or line.target.partition(":")[2] or line.target)


def differences(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """Return what changed as rows of name, before and after; maps are taken apart."""
    earlier, later = _flat(before), _flat(after)
    names = [*later, *(name for name in earlier if name not in later)]
    return [
        (name.replace("_", " ").capitalize(), _said(earlier, name), _said(later, name))
        for name in names
        if earlier.get(name, "") != later.get(name, "")
    ]


def _said(values: dict[str, str], name: str) -> str:
    """Return a value as people say it: a role by its label."""
    value = values.get(name, "")
    return Role(value).label if name == "role" and value in set(Role) else value


def _flat(value: Any, prefix: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        flat: dict[str, str] = {}
        for name, part in value.items():
            flat |= _flat(part, f"{prefix} · {name}" if prefix else str(name))
        return flat
    if value is None or not prefix:
        return {}
    if isinstance(value, list):
        return {prefix: ", ".join(str(part) for part in value)}
    return {prefix: value if isinstance(value, str) else json.dumps(value)}
