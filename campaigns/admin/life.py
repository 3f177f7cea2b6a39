"""The actions of a campaign's life: publish, preview, pause, resume, close, clone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action

from campaignhub.env import env
from campaignhub.errors import DomainError
from campaigns.admin.scoped import ScopedModelAdmin
from campaigns.models import Campaign
from campaigns.rules.roles import Capability
from campaigns.rules.states import MOVES, CampaignState
from campaigns.services import publish
from campaigns.services.clone import clone_campaign
from campaigns.services.scope import can

_QUESTIONS: dict[str, tuple[str, str, bool]] = {
    "publish": (
        "Publish {name}?",
        "The page shows this version to everyone within 30 seconds; who has entered keeps the "
        "version they saw.",
        False,
    ),
    "pause": (
        "Pause {name}?",
        "Nobody can begin an entry until you resume. What is on its way is kept and counts.",
        False,
    ),
    "resume": ("Resume {name}?", "Entries are taken again within 30 seconds.", False),
    "close": (
        "Close {name} for good?",
        "No more entries are taken, and a closed campaign cannot be opened again.",
        True,
    ),
    "clone": ("Clone {name}?", "The copy is a draft without dates or entries.", False),
}
"""Action → question, what follows, and whether the slug has to be typed."""


class CampaignLife(ScopedModelAdmin):
    """What a campaign's page offers besides its fields; each asks before it changes anything."""

    actions_detail = ("publish", "preview", "pause", "resume", "close", "clone")

    def _campaign(self, request: HttpRequest, object_id: str, capability: Capability) -> Campaign:
        campaign: Campaign | None = self.get_queryset(request).filter(pk=object_id).first()
        if campaign is None or not can(request.user, capability, campaign.client):  # type: ignore[arg-type]
            raise Http404
        return campaign

    def _back(self, campaign: Campaign) -> HttpResponse:
        return redirect(reverse("admin:campaigns_campaign_change", args=[campaign.pk]))

    def _asked(self, request: HttpRequest, campaign: Campaign, name: str) -> HttpResponse | None:
        """Ask before something changes for everyone; ``None`` once it was answered by a POST.

        A mere link must never publish or close: only the form on this page
        carries the token that another site cannot forge.
        """
        question, consequence, typed = _QUESTIONS[name]
        word = campaign.slug if typed else ""
        if request.method == "POST" and request.POST.get("typed", "") == word:
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": name.capitalize(),
            "question": question.format(name=campaign.name),
            "consequence": consequence,
            "typed": word,
            "button": name.capitalize(),
            "back": reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
        }
        return TemplateResponse(request, "admin/campaigns/confirm.html", context)

    def _move(
        self, request: HttpRequest, object_id: str, name: str, after: CampaignState, words: str
    ) -> HttpResponse:
        campaign = self._campaign(request, object_id, Capability.CAMPAIGN_PUBLISH)
        if page := self._asked(request, campaign, name):
            return page
        try:
            publish.move_campaign(campaign, after, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, words.format(name=campaign.name))
        return self._back(campaign)

    @action(description="Publish", url_path="publish")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Publish the campaign as its next release."""
        campaign = self._campaign(request, object_id, Capability.CAMPAIGN_PUBLISH)
        if page := self._asked(request, campaign, "publish"):
            return page
        try:
            release = publish.publish_campaign(campaign, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        except publish.CannotPublish as error:
            for problem in error.problems:
                messages.error(request, f"{problem.tab}: {problem.message}")
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(
                request,
                f"Published. Release {release.number} is live for everyone within 30 seconds.",
            )
        return self._back(campaign)

    @action(description="Preview", url_path="preview", attrs={"target": "_blank"})
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the published page, marked, unable to send."""
        campaign = self._campaign(request, object_id, Capability.CAMPAIGN_VIEW)
        if not campaign.releases.exists():
            messages.info(request, "Publish it once; the preview shows the page as it is live.")
            return self._back(campaign)
        return redirect(f"{env().public_site_url}/c/{campaign.slug}/#preview")

    @action(description="Pause", url_path="pause")
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take no new entries for the moment."""
        return self._move(
            request, object_id, "pause", CampaignState.PAUSED, "{name} is paused within 30 seconds."
        )

    @action(description="Resume", url_path="resume")
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take entries again."""
        return self._move(
            request,
            object_id,
            "resume",
            CampaignState.LIVE,
            "{name} takes entries again within 30 seconds.",
        )

    @action(description="Close", url_path="close")
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End the campaign for good."""
        return self._move(request, object_id, "close", CampaignState.CLOSED, "{name} is closed.")

    @action(description="Clone", url_path="clone")
    def clone(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make a draft like this one."""
        campaign = self._campaign(request, object_id, Capability.CAMPAIGN_EDIT)
        if page := self._asked(request, campaign, "clone"):
            return page
        copy = clone_campaign(campaign, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, f"{copy.name} is a draft without dates.")
        return self._back(copy)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Offer only the moves that the campaign's state allows."""
        offered = super().get_actions_detail(request, object_id)
        campaign = self.get_queryset(request).filter(pk=object_id).first()
        if campaign is None:
            return []
        allowed = MOVES[campaign.state]
        hidden = {
            "pause": CampaignState.PAUSED not in allowed,
            "resume": campaign.state != CampaignState.PAUSED,
            "close": CampaignState.CLOSED not in allowed,
        }
        return [
            offer
            for offer in offered
            if not any(gone and offer.action_name.endswith(name) for name, gone in hidden.items())
        ]
