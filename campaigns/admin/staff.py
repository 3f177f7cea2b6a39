"""Staff in the admin: who works for a client, in which role; inviting and letting go."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django_celery_results.models import GroupResult, TaskResult
from unfold.decorators import display

from campaignhub.errors import DomainError
from campaigns.admin.acts import PagesAdmin
from campaigns.admin.forms.staff import InviteForm, RoleForm
from campaigns.admin.lists import named, state, when
from campaigns.admin.log import person
from campaigns.admin.own import OwnClients
from campaigns.models import Membership
from campaigns.rules.roles import Capability, Role
from campaigns.services import staff

for unscoped in (Group, TaskResult, GroupResult):
    admin.site.unregister(unscoped)


@admin.register(Membership)
class MembershipAdmin(PagesAdmin):
    """Who works for a client, in which role."""

    view_capability = Capability.STAFF_MANAGE
    change_capability = Capability.STAFF_MANAGE
    add_capability = Capability.STAFF_MANAGE
    list_display = ("shown_person", "shown_role", "client", "signed_in")
    list_display_links = ("shown_person",)
    list_filter = ("role", ("client", OwnClients))
    list_select_related = ("user", "client")
    search_fields = ("user__username", "user__first_name", "user__last_name", "user__email")
    search_help_text = "Name, user name or e-mail"
    empty_title = "Nobody works here yet"
    empty_words = "Whoever you invite sees the clients you choose, and only what their role needs."
    empty_step = "Invite somebody"

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
        """Show when the person was here, or that the invitation waits."""
        if not membership.user.has_usable_password():
            return state("Invited", "info")
        return when(membership.user.last_login, never="Never")

    def page_to_make(self, request: HttpRequest) -> HttpResponse:
        """Show the invitation's form, or invite somebody."""
        user: Any = request.user
        form = InviteForm(request.POST or None, user=user)
        if request.method == "POST" and form.is_valid():
            wanted = form.cleaned_data
            try:
                invitation = staff.invite(
                    wanted["client"],
                    email=wanted["email"],
                    role=Role(wanted["role"]),
                    given_name=wanted["given_name"],
                    family_name=wanted["family_name"],
                    actor=user,
                    at=timezone.now(),
                )
            except DomainError as error:
                form.add_error("email", error.message)
            else:
                return self._invited(request, invitation)
        context = self.page_context(request, "Invite somebody") | {"form": form}
        return TemplateResponse(request, "admin/campaigns/membership/invite.html", context)

    def _invited(self, request: HttpRequest, invitation: staff.Invitation) -> HttpResponse:
        """Show the link this one time; it is stored nowhere."""
        context = self.page_context(request, "Invited") | {
            "member": invitation.membership,
            "who": person(invitation.membership.user),
            "link": invitation.link,
        }
        return TemplateResponse(request, "admin/campaigns/membership/invited.html", context)

    def page_of(self, membership: Membership, request: HttpRequest) -> HttpResponse:
        """Show what somebody may do here, or change it."""
        if request.method == "POST":
            return self._act(request, membership)
        return self._shown(request, membership, RoleForm(initial={"role": membership.role}))

    def _shown(self, request: HttpRequest, membership: Membership, form: RoleForm) -> HttpResponse:
        user = membership.user
        context = self.page_context(request, person(user)) | {
            "member": membership,
            "form": form,
            "waits": not user.has_usable_password(),
            "elsewhere": Membership.objects.filter(
                user=user, pk__in=self.get_queryset(request)
            ).exclude(pk=membership.pk),
        }
        return TemplateResponse(request, "admin/campaigns/membership/member.html", context)

    def _act(self, request: HttpRequest, membership: Membership) -> HttpResponse:
        act, who = request.POST.get("act"), person(membership.user)
        signed: dict[str, Any] = {"actor": request.user, "at": timezone.now()}
        here = reverse("admin:campaigns_membership_change", args=[membership.pk])
        try:
            if act == "invite_again":
                return self._invited(request, staff.invite_again(membership, **signed))
            if act == "withdraw":
                staff.withdraw_role(membership, **signed)
                messages.success(request, f"{who} no longer works for {membership.client}.")
                return HttpResponseRedirect(self.list_address())
            form = RoleForm(request.POST)
            if not form.is_valid():
                return self._shown(request, membership, form)
            role = Role(form.cleaned_data["role"])
            staff.change_role(membership, role, **signed)
            messages.success(request, f"{who} is {role.label.lower()} of {membership.client} now.")
        except DomainError as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(here)
