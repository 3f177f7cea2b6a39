"""Campaigns in the admin: tabs in the order of the work."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display

from campaigns.admin.forms import CampaignForm, FormFieldForm
from campaigns.admin.life import CampaignLife
from campaigns.models import Campaign, FormField, Limit
from campaigns.rules.roles import Capability
from campaigns.rules.states import CampaignState
from campaigns.services import audit, publish
from campaigns.services.scope import can

_COLOURS = {
    "Draft": "info",
    "Scheduled": "warning",
    "Live": "success",
    "Paused": "warning",
    "Closed": "danger",
    "Archived": "info",
}


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
class CampaignAdmin(CampaignLife):
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
