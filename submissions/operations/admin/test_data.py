"""Deleting what the tests of a campaign have made: in one act, after typing the campaign's address."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from campaignhub.staff_site.views import StaffPage
from campaigns.accounts.rules.roles import Capability
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of
from submissions.mirror.admin.person import staff_of
from submissions.operations.services.test_data import delete_test_data, test_submissions


class DeleteTestData(StaffPage):
    """What would go; a job deletes it once the campaign's address was typed."""

    title = "Delete test data"
    capability = Capability.CAMPAIGN_PUBLISH
    template_name = "admin/operations/test_data.html"
    campaign: Campaign

    def read(self, **named: Any) -> None:
        """Find the campaign."""
        mine = campaigns_of(staff_of(self.request), self.capability).select_related("client")
        self.campaign = get_object_or_404(mine, pk=named["campaign_id"])

    def shown(self) -> dict[str, Any]:
        """Add how much it is."""
        count = test_submissions(self.campaign).count()
        return {"campaign": self.campaign, "count": count}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Delete it, or say that something else was typed."""
        if request.POST.get("typed", "").strip() != self.campaign.slug:
            trouble = f"That isn't it. Type {self.campaign.slug} exactly, or leave it."
            return self.render_to_response(self.get_context_data(trouble=trouble, **kwargs))

        job = delete_test_data(self.campaign, actor=staff_of(request), at=timezone.now())
        return HttpResponseRedirect(reverse("admin:jobs_job_read", args=[job.pk]))
