"""Staff in the admin: who works for a client, in which role."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils import timezone
from django_celery_results.models import GroupResult, TaskResult
from unfold.decorators import display

from campaigns.admin.lists import named, when
from campaigns.admin.log import person
from campaigns.admin.own import OwnClients
from campaigns.admin.scoped import ScopedModelAdmin
from campaigns.models import Membership
from campaigns.rules.roles import Capability, Role
from campaigns.services import audit

for unscoped in (Group, TaskResult, GroupResult):
    admin.site.unregister(unscoped)


@admin.register(Membership)
class MembershipAdmin(ScopedModelAdmin):
    """Who works for a client, in which role."""

    view_capability = Capability.STAFF_MANAGE
    change_capability = Capability.STAFF_MANAGE
    add_capability = Capability.STAFF_MANAGE
    list_display = ("shown_person", "shown_role", "client", "last_seen")
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
    def last_seen(self, membership: Membership) -> str:
        """Show when the person was here."""
        return when(membership.user.last_login, never="Never")

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Save, with a line in the log."""
        super().save_model(request, obj, form, change)
        audit.record(
            "staff.role_given",
            actor=request.user,  # type: ignore[arg-type]
            client=obj.client,
            target=f"user:{obj.user.username}",
            at=timezone.now(),
            after={"role": obj.role},
        )
