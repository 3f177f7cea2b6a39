"""Deleting what the tests of a campaign have made: in one act, after typing the campaign's address."""

from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from campaignhub.errors import DomainError
from campaigns.accounts.rules.roles import Capability
from campaigns.setup.services.scope import campaigns_of
from submissions.mirror.admin.person import staff_of
from submissions.operations.services.test_data import delete_test_data, test_submissions


def delete_test_data_view(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Say what would go, and let it go once the campaign's address was typed."""
    user = staff_of(request)
    mine = campaigns_of(user, Capability.CAMPAIGN_PUBLISH).select_related("client")
    campaign = mine.filter(pk=campaign_id).first()
    if campaign is None:
        raise Http404
    trouble = ""
    if request.method == "POST":
        if request.POST.get("typed", "").strip() == campaign.slug:
            try:
                count = delete_test_data(campaign, actor=user, at=timezone.now())
            except DomainError as error:
                messages.error(request, error.message)
            else:
                entries = "1 test entry is" if count == 1 else f"{count} test entries are"
                messages.success(request, f"{entries} deleted, with photos and limits.")
            where = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
            return HttpResponseRedirect(where)
        trouble = f"That isn't it. Type {campaign.slug} exactly, or leave it."
    context = {
        **admin.site.each_context(request),
        "title": "Delete test data",
        "campaign": campaign,
        "count": test_submissions(campaign).count(),
        "trouble": trouble,
    }
    return TemplateResponse(request, "admin/submissions/test_data.html", context)
