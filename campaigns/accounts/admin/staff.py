"""Staff in the admin: who works for a client, in which role; inviting and letting go."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from unfold.decorators import display

from campaignhub.errors import DomainError
from campaignhub.staff_site.actions import PagesAdmin
from campaignhub.staff_site.filters import ScopedClients
from campaignhub.staff_site.lists import exact, named, state, when
from campaignhub.staff_site.routes import one, page
from campaigns.accounts.admin.staff_forms import InviteForm, RoleForm
from campaigns.accounts.models import Invitation, Membership
from campaigns.accounts.rules.roles import Capability, Role
from campaigns.accounts.services import invitations, staff
from campaigns.accounts.services.scope import clients_of
from campaigns.accounts.wording import person


@admin.register(Membership)
class MembershipAdmin(PagesAdmin):
    """Who works for a client, in which role, and who is invited to."""

    view_capability = Capability.STAFF_MANAGE
    change_capability = Capability.STAFF_MANAGE
    add_capability = Capability.STAFF_MANAGE
    list_display = ("shown_person", "shown_role", "client", "signed_in")
    list_display_links = ("shown_person",)
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

    def get_urls(self) -> list[URLPattern]:
        """Add the page of an invitation."""
        route = f"invitations/{one(Invitation, 'invitation_id')}/"
        name = "accounts_membership_invitation"
        return [page(self.admin_site, route, self.invitation_page, name), *super().get_urls()]

    @display(description="Who", ordering="user__last_name")
    def shown_person(self, membership: Membership) -> str:
        """Show the name with the user name below."""
        return named(person(membership.user), membership.user.username)

    @display(description="Role", ordering="role")
    def shown_role(self, membership: Membership) -> str:
        """Show the role as a word."""
        return Role(membership.role).label

    @display(description="Last signed in", ordering="user__last_login")
    def signed_in(self, membership: Membership) -> str:
        """Show when the person was last here."""
        return when(membership.user.last_login, never="Never")

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the invitations that nobody has accepted yet above the list."""
        rows = self._invitations(request).not_ended().select_related("client", "invited_by")
        kwargs["extra_context"] = {"invitations": [_shown(row) for row in rows]}
        return super().changelist_view(request, *args, **kwargs)

    def page_to_make(self, request: HttpRequest) -> HttpResponse:
        """Show the invitation's form, or invite a colleague."""
        user: Any = request.user
        form = InviteForm(request.POST or None, user=user)
        if request.method == "POST" and form.is_valid():
            wanted = form.cleaned_data
            try:
                invitation = invitations.invite(
                    wanted["client"],
                    address=wanted["email"],
                    role=Role(wanted["role"]),
                    given_name=wanted["given_name"],
                    family_name=wanted["family_name"],
                    actor=user,
                    at=timezone.now(),
                )
            except DomainError as error:
                form.add_error("email", error.message)
            else:
                messages.success(request, _sending(invitation))
                return HttpResponseRedirect(self.list_address())
        context = self.page_context(request, "Invite a colleague") | {"form": form}
        return TemplateResponse(request, "admin/accounts/membership/invite.html", context)

    def invitation_page(self, request: HttpRequest, invitation_id: int) -> HttpResponse:
        """Show an invitation that waits, send it again or withdraw it."""
        rows = self._invitations(request).select_related("client", "invited_by")
        invitation = rows.filter(pk=invitation_id).first()
        if invitation is None:
            raise Http404
        if request.method == "POST":
            self._end_or_renew(request, invitation)
            return HttpResponseRedirect(self.list_address())
        context = self.page_context(request, invitation.address) | _shown(invitation)
        return TemplateResponse(request, "admin/accounts/membership/invitation.html", context)

    def _invitations(self, request: HttpRequest) -> Any:
        """Return the invitations to the clients whose staff this person manages."""
        clients = clients_of(request.user, Capability.STAFF_MANAGE)  # type: ignore[arg-type]
        rows: QuerySet[Invitation] = Invitation.objects.filter(client__in=clients)
        return rows

    def _end_or_renew(self, request: HttpRequest, invitation: Invitation) -> None:
        act = request.POST.get("act")
        signed: dict[str, Any] = {"actor": request.user, "at": timezone.now()}
        try:
            if act == "send_again":
                messages.success(request, _sending(invitations.reinvite(invitation, **signed)))
            elif act == "withdraw":
                invitations.withdraw(invitation, **signed)
                messages.success(request, f"Invitation to {invitation.address} withdrawn.")
        except DomainError as error:
            messages.error(request, error.message)

    def page_of(self, membership: Membership, request: HttpRequest) -> HttpResponse:
        """Show what somebody may do here, or change it."""
        if request.method == "POST":
            return self._act(request, membership)
        return self._member(request, membership, RoleForm(initial={"role": membership.role}))

    def _member(self, request: HttpRequest, membership: Membership, form: RoleForm) -> HttpResponse:
        user = membership.user
        context = self.page_context(request, person(user)) | {
            "member": membership,
            "form": form,
            "elsewhere": Membership.objects.filter(
                user=user, pk__in=self.get_queryset(request)
            ).exclude(pk=membership.pk),
        }
        return TemplateResponse(request, "admin/accounts/membership/member.html", context)

    def _act(self, request: HttpRequest, membership: Membership) -> HttpResponse:
        act, who = request.POST.get("act"), person(membership.user)
        signed: dict[str, Any] = {"actor": request.user, "at": timezone.now()}
        here = reverse("admin:accounts_membership_change", args=[membership.pk])
        try:
            if act == "withdraw":
                staff.withdraw_role(membership, **signed)
                messages.success(request, f"{who} no longer works for {membership.client}.")
                return HttpResponseRedirect(self.list_address())
            form = RoleForm(request.POST)
            if not form.is_valid():
                return self._member(request, membership, form)
            role = Role(form.cleaned_data["role"])
            staff.change_role(membership, role, **signed)
            messages.success(request, f"{who} is now {role.label.lower()} of {membership.client}.")
        except DomainError as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(here)


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
