"""Submissions in the admin: the list, and the desk in the place of a change form."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern

from campaignhub.staff_site.scoped import ScopedModelAdmin
from campaigns.accounts.rules.roles import Capability
from submissions.admin.dead_letters import DeadLettersPages
from submissions.admin.desk import DeskPages
from submissions.admin.listing import ListPages
from submissions.admin.operations import OperationsPage
from submissions.admin.test_data import TestDataPage
from submissions.models import Submission


@admin.register(Submission)
class SubmissionAdmin(
    DeskPages, ListPages, OperationsPage, DeadLettersPages, TestDataPage, ScopedModelAdmin
):
    """What came in: found in the list, decided on at the desk, changed nowhere."""

    pages = ("list",)
    client_path = "campaign__client"
    view_capability = Capability.SUBMISSION_VIEW

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """A submission is never edited; it is decided on."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Put our pages before Django's."""
        return [
            *self.desk_urls(),
            *self.operations_urls(),
            *self.dead_letters_urls(),
            *self.test_data_urls(),
            *super().get_urls(),
        ]
