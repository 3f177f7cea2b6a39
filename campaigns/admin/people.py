"""Clients, staff and the log in the admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils import timezone
from django_celery_results.models import GroupResult, TaskResult
from unfold.decorators import display

from campaigns.admin.scoped import ScopedModelAdmin
from campaigns.models import AuditEntry, Client, Membership
from campaigns.rules.roles import Capability
from campaigns.services import audit

for unscoped in (Group, TaskResult, GroupResult):
    admin.site.unregister(unscoped)


@admin.register(Client)
class ClientAdmin(ScopedModelAdmin):
    """The companies one works for."""

    client_path = "pk"
    view_capability = Capability.CLIENT_EDIT
    change_capability = Capability.CLIENT_EDIT
    list_display = ("name", "legal_name", "help_email")
    search_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only who operates the platform takes on a client."""
        return bool(request.user.is_superuser)


@admin.register(Membership)
class MembershipAdmin(ScopedModelAdmin):
    """Who works for a client, in which role."""

    view_capability = Capability.STAFF_MANAGE
    change_capability = Capability.STAFF_MANAGE
    add_capability = Capability.STAFF_MANAGE
    list_display = ("person", "role", "client")
    list_select_related = ("user", "client")
    search_fields = ("user__username", "user__last_name")

    @display(description="Who", header=True)
    def person(self, membership: Membership) -> tuple[str, str]:
        """Show the name with the user name below."""
        return membership.user.get_full_name(), membership.user.username

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


@admin.register(AuditEntry)
class AuditEntryAdmin(ScopedModelAdmin):
    """The log: read, never written by hand."""

    view_capability = Capability.AUDIT_VIEW
    list_display = ("at", "code", "target", "actor", "client")
    list_select_related = ("actor", "client")
    list_filter = ("client",)
    search_fields = ("code", "target")
    show_full_result_count = False
