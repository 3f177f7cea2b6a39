"""Submissions in the admin: the list, and the desk in the place of a change form."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from campaignhub.staff_site.scoped import ScopedModelAdmin
from campaigns.accounts.rules.roles import Capability
from submissions.mirror.models import Submission
from submissions.review.admin.desk import Desk
from submissions.review.admin.listing import SubmissionList


@admin.register(Submission)
class SubmissionAdmin(ScopedModelAdmin):
    """What came in: found in the list, decided on at the desk, changed nowhere."""

    pages = ("list",)
    client_path = "campaign__client"
    view_capability = Capability.SUBMISSION_VIEW

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """A submission is never edited; it is decided on."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Put the desk before the list."""
        return [*Desk(self.admin_site, rows=self.get_queryset).urls(), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, or do something to many of its rows."""
        return SubmissionList(self.admin_site, self.opts).view(request)
