"""Staff in the admin: who works for a client, in which role; inviting and letting go."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone

from campaignhub.staff_site.filters import ScopedClients
from campaignhub.staff_site.lists import column, exact, named, state, when
from campaignhub.staff_site.navigation import Item
from campaignhub.staff_site.routes import one
from campaignhub.staff_site.scoped import ActionsAdmin
from campaignhub.staff_site.views import AddPage, RowPage, StaffPage, attempt
from campaigns.accounts.admin.forms import InviteForm, RoleForm
from campaigns.accounts.models import Invitation, Membership
from campaigns.accounts.rules.roles import Capability, Role
from campaigns.accounts.services import invitations, staff
from campaigns.accounts.services.scope import clients_of
from campaigns.accounts.wording import person


class Invite(AddPage):
    """A colleague is invited."""

    form_class = InviteForm
    template_name = "admin/accounts/membership/invite.html"
    title = "Invite a colleague"
    error_field = "email"

    def make(self, wanted: dict[str, Any]) -> None:
        """Send the invitation."""
        invitation = invitations.invite(
            wanted["client"],
            address=wanted["email"],
            role=Role(wanted["role"]),
            given_name=wanted["given_name"],
            family_name=wanted["family_name"],
            **self.signed(),
        )
        messages.success(self.request, _sending(invitation))


class Member(RowPage):
    """What somebody may do at a client; it is changed, or taken away."""

    template_name = "admin/accounts/membership/member.html"
    row: Membership

    def read(self, **named: Any) -> None:
        """Call the page by the person."""
        super().read(**named)
        self.title = person(self.row.user)

    def has_permission(self) -> bool:
        """Ask the admin whether this person manages the other's client."""
        return bool(self.model_admin.has_change_permission(self.request, self.row))

    def shown(self) -> dict[str, Any]:
        """Add the roles: this one to change, and those elsewhere that the viewer may know of."""
        form = RoleForm(self.request.POST or None, initial={"role": self.row.role})
        seen = self.model_admin.get_queryset(self.request)
        elsewhere = Membership.objects.filter(user=self.row.user, pk__in=seen)
        return {
            "member": self.row,
            "form": form,
            "elsewhere": elsewhere.exclude(pk=self.row.pk),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Change the role, or let somebody go."""
        form = RoleForm(request.POST)
        if request.POST.get("act") == "withdraw":
            gone = attempt(request, self._withdraw)
            return HttpResponseRedirect(self.list_address() if gone else request.path)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**kwargs))
        role = Role(form.cleaned_data["role"])

        def change() -> str:
            staff.change_role(self.row, role, **self.signed())
            return f"{self.title} is now {role.label.lower()} of {self.row.client}."

        attempt(request, change)
        return HttpResponseRedirect(request.path)

    def _withdraw(self) -> str:
        staff.withdraw_role(self.row, **self.signed())
        return f"{self.title} no longer works for {self.row.client}."


class InvitationPage(StaffPage):
    """An invitation that waits; it is sent again or withdrawn."""

    capability = Capability.STAFF_MANAGE
    template_name = "admin/accounts/membership/invitation.html"
    invitation: Invitation

    def read(self, **named: Any) -> None:
        """Find it among those that this person manages."""
        rows = invitations_seen(self.request).select_related("client", "invited_by")
        self.invitation = get_object_or_404(rows, pk=named["invitation_id"])
        self.title = self.invitation.address

    def shown(self) -> dict[str, Any]:
        """Add what is known of it."""
        return _shown(self.invitation)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Do what was pressed."""
        acts = {"send_again": self._resend, "withdraw": self._withdraw}
        if act := acts.get(request.POST.get("act", "")):
            attempt(request, act)
        return HttpResponseRedirect(self.list_address())

    def _resend(self) -> str:
        return _sending(invitations.reinvite(self.invitation, **self.signed()))

    def _withdraw(self) -> str:
        invitations.withdraw(self.invitation, **self.signed())
        return f"Invitation to {self.invitation.address} withdrawn."


def invitations_seen(request: HttpRequest) -> Any:
    """Return the invitations to the clients whose staff this person manages."""
    clients = clients_of(request.user, Capability.STAFF_MANAGE)  # type: ignore[arg-type]
    rows: QuerySet[Invitation] = Invitation.objects.filter(client__in=clients)
    return rows


@admin.register(Membership)
class MembershipAdmin(ActionsAdmin):
    """Who works for a client, in which role, and who is invited to."""

    view_capability = change_capability = add_capability = Capability.STAFF_MANAGE
    item = Item("People", 30, "Staff", "group")
    own_pages = (
        (
            f"invitations/{one(Invitation, 'invitation_id')}/",
            InvitationPage,
            "membership_invitation",
        ),
    )
    add_page = Invite
    row_page = Member
    list_display = (
        column(
            "Who", lambda row: named(person(row.user), row.user.username), order="user__last_name"
        ),
        column("Role", lambda row: Role(row.role).label, order="role"),
        "client",
        column(
            "Last signed in",
            lambda row: when(row.user.last_login, never="Never"),
            order="user__last_login",
        ),
    )
    list_filter = ("role", ("client", ScopedClients))
    list_select_related = ("user", "client")
    list_before_template = "admin/accounts/membership/invitations.html"
    search_fields = ("user__username", "user__first_name", "user__last_name", "user__email")
    search_help_text = "Name, user name or e-mail"
    empty_title = "No staff yet"
    empty_words = (
        "Colleagues you invite see the clients you choose, and only what their role needs."
    )
    empty_step = "Invite a colleague"

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the invitations that nobody has accepted yet above the list."""
        rows = invitations_seen(request).not_ended().select_related("client", "invited_by")
        kwargs["extra_context"] = {"invitations": [_shown(row) for row in rows]}
        return super().changelist_view(request, *args, **kwargs)


def _sending(invitation: Invitation) -> str:
    return f"We're sending an invitation to {invitation.address}. Its link works for 7 days."


def _shown(invitation: Invitation) -> dict[str, Any]:
    """Return what staff see of an invitation. It tells nothing about whether there is an account."""
    now = timezone.now()
    if invitation.accepted_at:
        shown = state("Accepted", "good")
    elif invitation.declined_at:
        shown = state("Declined", "bad")
    elif invitation.withdrawn_at:
        shown = state("Withdrawn", "idle")
    elif invitation.expires_at <= now:
        shown = state("Expired", "warn")
    elif invitation.mail_error:
        shown = state("E-mail couldn't be sent", "bad")
    else:
        shown = state("Invited", "info")
    return {
        "invitation": invitation,
        "name": f"{invitation.given_name} {invitation.family_name}".strip(),
        "role": Role(invitation.role).label,
        "state": shown,
        "invited": when(invitation.created_at),
        "by": person(invitation.invited_by),
        "expires": exact(invitation.expires_at, "UTC"),
        "is_over": invitation.expires_at <= now,
        "waits": not (invitation.accepted_at or invitation.declined_at or invitation.withdrawn_at),
    }
