"""Campaigns in the admin: tabs in the order of the work, and the actions of a campaign's life."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import action, display

from campaignhub.env import env
from campaignhub.errors import DomainError
from campaigns.admin.forms import CampaignForm, FormFieldForm
from campaigns.admin.scoped import ScopedModelAdmin
from campaigns.models import Campaign, FormField, Limit
from campaigns.rules.roles import Capability
from campaigns.rules.states import MOVES, CampaignState
from campaigns.services import audit, publish
from campaigns.services.clone import clone_campaign
from campaigns.services.scope import can

_COLOURS = {
    "Draft": "info",
    "Scheduled": "warning",
    "Live": "success",
    "Paused": "warning",
    "Closed": "danger",
    "Archived": "info",
}

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


class _ByCampaign:
    """Permissions of rows that belong to a campaign: the campaign's own."""

    def _may(self, request: HttpRequest, campaign: Any) -> bool:
        client = campaign.client if isinstance(campaign, Campaign) else None
        return can(request.user, Capability.CAMPAIGN_EDIT, client)  # type: ignore[arg-type]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See what one may see of the campaign."""
        return can(request.user, Capability.CAMPAIGN_VIEW)  # type: ignore[arg-type]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add to what one may edit."""
        return self._may(request, obj)

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission


class FormFieldInline(_ByCampaign, StackedInline):
    """The form builder: rows to drag."""

    model = FormField
    form = FormFieldForm
    extra = 0
    tab = True
    verbose_name_plural = "Form"
    ordering_field = "position"
    hide_ordering_field = True
    collapsible = True
    fields = (
        ("kind", "name", "meaning"),
        "label",
        "help_text",
        ("required", "routes"),
        "options_text",
        ("min_length", "max_length", "minimum", "maximum"),
        ("pattern", "minimum_age", "max_receipts", "images_per_receipt"),
    )


class LimitInline(_ByCampaign, TabularInline):
    """How often somebody may enter."""

    model = Limit
    extra = 0
    tab = True
    verbose_name_plural = "Limits"
    fields = ("count", "scope", "window", "hours", "gives_back_when_rejected")


@admin.register(Campaign)
class CampaignAdmin(ScopedModelAdmin):
    """One campaign, from its first idea to its close."""

    form = CampaignForm
    view_capability = Capability.CAMPAIGN_VIEW
    change_capability = Capability.CAMPAIGN_EDIT
    add_capability = Capability.CAMPAIGN_EDIT
    list_display = ("title", "shown_state", "client", "shown_dates", "release_count")
    list_display_links = ("title",)
    list_filter = ("state",)
    list_select_related = ("client",)
    list_per_page = 50
    search_fields = ("name", "slug")
    readonly_fields = ("checklist",)
    inlines = (FormFieldInline, LimitInline)
    warn_unsaved_form = True
    actions_detail = ("publish", "preview", "pause", "resume", "close", "clone")
    fieldsets = (
        (None, {"fields": ("checklist",)}),
        (
            "Basics",
            {
                "classes": ("tab",),
                "fields": (
                    "client",
                    ("name", "slug"),
                    ("timezone", "currency"),
                    "opens_at",
                    "closes_at",
                    "languages",
                    "countries",
                    "routes",
                    "review_mode",
                    ("decide_within_days", "resubmit_within_hours"),
                    "minimum_fill_seconds",
                ),
            },
        ),
        (
            "Page",
            {
                "classes": ("tab",),
                "fields": (
                    "headline",
                    "supporting",
                    "prizes",
                    ("brand_colour", "accent_colour"),
                    ("surface_colour", "text_colour"),
                    "radius",
                    "hero_image",
                    "hero_alt",
                ),
            },
        ),
        ("Rules & legal", {"classes": ("tab",), "fields": ("rules", "privacy_url")}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Count releases in the same query as the list."""
        from django.db.models import Count

        return super().get_queryset(request).annotate(releases_made=Count("releases"))

    @display(description="Campaign", header=True, ordering="name")
    def title(self, campaign: Campaign) -> tuple[str, str]:
        """Show the name with the slug below."""
        return campaign.name, campaign.slug

    @display(description="State", label=_COLOURS, ordering="state")
    def shown_state(self, campaign: Campaign) -> str:
        """Show the state as a word."""
        return CampaignState(campaign.state).label

    @display(description="Open")
    def shown_dates(self, campaign: Campaign) -> str:
        """Show the dates in the campaign's zone."""
        from campaigns.rules.words import last_minute

        if not campaign.closes_at:
            return "No dates yet"
        until = last_minute(campaign.closes_at, timezone=campaign.timezone, language="en")
        return f"until {until}"

    @display(description="Releases", ordering="releases_made")
    def release_count(self, campaign: Any) -> int:
        """Show how often it was published."""
        count: int = campaign.releases_made
        return count

    @display(description="Before you publish")
    def checklist(self, campaign: Campaign) -> str:
        """Say what is missing, line by line."""
        if campaign.pk is None or campaign._state.adding:
            return "Save the basics first; what is missing then stands here."
        problems = publish.publish_problems(campaign, at=timezone.now())
        if not problems:
            return "Nothing is missing. Ready to publish."
        return format_html(
            '<ul class="campaign-checklist">{}</ul>',
            format_html_join("", "<li><b>{}</b> {}</li>", ((p.tab, p.message) for p in problems)),
        )

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        """Save, with a line in the log."""
        super().save_model(request, obj, form, change)
        audit.record(
            "campaign.changed" if change else "campaign.created",
            actor=request.user,  # type: ignore[arg-type]
            client=obj.client,
            target=f"campaign:{obj.slug}",
            at=timezone.now(),
            after={"fields": sorted(form.changed_data)},
        )

    # ---------------------------------------------------------------- actions

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
