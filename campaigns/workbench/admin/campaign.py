"""Campaigns in the admin: the list, and the tabs in the order of the work."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from campaignhub.spans import length
from campaignhub.staff_site.filters import ScopedClients
from campaignhub.staff_site.lists import Tone, column, exact, named, state, when
from campaignhub.staff_site.navigation import Item
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.accounts.services.scope import can
from campaigns.publishing.services.seen import EDITS, CampaignChanged, last_seen, refuse_unseen
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from campaigns.setup.services.campaign import locked
from campaigns.workbench.admin.forms import CampaignForm
from campaigns.workbench.admin.inlines import FormFieldInline, LimitInline, PrizeInline
from campaigns.workbench.admin.live_preview import LivePreview
from campaigns.workbench.admin.publishing import publishing
from campaigns.workbench.admin.summary import summary_of
from campaigns.workbench.admin.tabs import BASICS, TABS, fieldsets, shown

TONES: dict[str, Tone] = {
    CampaignState.DRAFT: "idle",
    CampaignState.SCHEDULED: "info",
    CampaignState.LIVE: "good",
    CampaignState.PAUSED: "warn",
    CampaignState.CLOSED: "bad",
    CampaignState.ARCHIVED: "idle",
}


@admin.register(Campaign)
class CampaignAdmin(LivePreview):
    """One campaign, from its first idea to its close."""

    item = Item("Campaigns", 10, "Campaigns", "campaign")
    form = CampaignForm
    view_capability = Capability.CAMPAIGN_VIEW
    change_capability = Capability.CAMPAIGN_EDIT
    add_capability = Capability.CAMPAIGN_EDIT
    change_form_template = "admin/campaigns/campaign/change_form.html"
    list_display = (
        column("Campaign", lambda row: named(row.name, f"/c/{row.slug}/"), order="name"),
        column(
            "State",
            lambda row: state(CampaignState(row.state).label, TONES[row.state]),
            order="state",
        ),
        "client",
        column("Opens", lambda row: _date(row, row.opens_at), order="opens_at"),
        column("Closes", lambda row: _date(row, row.closes_at), order="closes_at"),
        column("Releases", lambda row: row.releases_made, order="releases_made"),
    )
    list_filter = ("state", ("client", ScopedClients))
    list_select_related = ("client",)
    list_per_page = 50
    search_fields = ("name", "slug")
    search_help_text = "Name or address"
    empty_title = "No campaign yet"
    empty_words = (
        "A campaign is a page, a form and its rules. It starts as a draft that nobody sees; a "
        "checklist says what is missing before it can be published."
    )
    empty_step = "Start a campaign"
    inlines = (FormFieldInline, LimitInline, PrizeInline)
    warn_unsaved_form = True

    # ---------------------------------------------------------------- the list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Count releases in the same query as the list."""
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(
            releases_made=Count("releases", filter=Q(releases__is_test=False))
        )
        return counted

    # ---------------------------------------------------------------- the tabs

    def get_fieldsets(self, _request: HttpRequest, obj: Campaign | None = None) -> Any:
        """Begin with the basics; the other tabs come with the draft."""
        return fieldsets(TABS if obj else (BASICS,))

    def get_inline_instances(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """Offer rows once there is a campaign to hang them on."""
        return super().get_inline_instances(request, obj) if obj else []

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the campaign at a glance to who may see but not edit it."""
        if object_id:
            campaign = self.get_object(request, object_id)
            if campaign is None:
                raise Http404
            if not self.has_change_permission(request, campaign):
                return self._summary(request, campaign)
            if request.method == "POST":
                return self._save_locked(request, campaign, *args, **kwargs)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def _save_locked(
        self, request: HttpRequest, campaign: Campaign, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Save under the lock that a publish and a move take.

        Two managers who save what they saw of one state follow each other, so
        that the second is refused; and a publish, which reads rows of several
        tables, meets a change whole or not at all.
        """
        with transaction.atomic():
            try:
                refuse_unseen(
                    locked(campaign),
                    EDITS,
                    seen=request.POST.get("seen", ""),
                    actor=request.user,  # type: ignore[arg-type]
                    undone="Yours isn't saved yet. Open the campaign in another tab to compare; if you "
                    "save here once more, this page replaces what is there.",
                )
            except CampaignChanged as changed:
                request._changed_meanwhile = changed.message  # type: ignore[attr-defined]
            return super().changeform_view(request, str(campaign.pk), *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let the form refuse to save over what another manager has saved since."""
        form = super().get_form(request, *args, **kwargs)
        form.changed_meanwhile = getattr(request, "_changed_meanwhile", "")
        return form

    def _summary(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        if request.method != "GET":
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            **summary_of(campaign),
            "title": campaign.name,
            "opts": self.opts,
            "tone": TONES[campaign.state],
            "may_read_moments": can(request.user, Capability.PRIZE_MOMENTS, campaign.client),  # type: ignore[arg-type]
        }
        return TemplateResponse(request, "admin/campaigns/campaign/summary.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the tabs and the checklist to Django's context."""
        campaign: Campaign | None = context.get("original")
        if campaign is not None:
            # The checklist speaks of what is saved, not of what was just refused.
            campaign = Campaign.objects.select_related("client").get(pk=campaign.pk)
            context.update(publishing(campaign, user=request.user, at=timezone.now()))  # type: ignore[arg-type]
            context.update(
                campaign=campaign,
                seen=last_seen(campaign, EDITS),
                changed_meanwhile=context["adminform"].form.changed_meanwhile,
                tone=TONES[campaign.state],
                span=length(campaign.opens_at, campaign.closes_at)
                if campaign.opens_at and campaign.closes_at
                else "",
                may_publish=can(request.user, Capability.CAMPAIGN_PUBLISH, campaign.client),  # type: ignore[arg-type]
            )
        context["tabs"] = shown(
            TABS if campaign else (BASICS,),
            context["adminform"].form,
            {f.formset.prefix: f for f in context["inline_admin_formsets"]},
            context.get("todos", ()),
            campaign,
        )
        context["title"] = campaign.name if campaign else "Start a campaign"
        page: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return page

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        """Save, with a line in the log that says what was there before and after."""
        earlier = Campaign.objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        if not form.changed_data:
            return
        fields = sorted(set(form.changed_data) - {"default_language"})
        audit.record(
            obj,
            "campaign.changed" if change else "campaign.created",
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            before={name: _plain(earlier, name) for name in fields} if earlier else None,
            after={name: _plain(obj, name) for name in fields},
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the rows, with a line in the log when any of them changed."""
        super().save_formset(request, form, formset, change)
        changes = {
            "added": [str(row) for row in formset.new_objects],
            "changed": [str(row) for row, _fields in formset.changed_objects],
            "removed": [str(row) for row in formset.deleted_objects],
        }
        if any(changes.values()):
            audit.record(
                form.instance,
                f"campaign.{formset.model._meta.model_name}_rows_changed",
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
                after={kind: rows for kind, rows in changes.items() if rows},
            )


def _date(campaign: Campaign, at: datetime | None) -> str:
    return when(at, zone=campaign.timezone, never="No date yet")


def _plain(campaign: Campaign, name: str) -> Any:
    """Return a field's value as the log keeps it: plain, short, times in the campaign's zone."""
    value = getattr(campaign, name)
    if name in ("opens_at", "closes_at"):
        return exact(value, campaign.timezone) if value else None
    if name == "client":
        return str(value)
    if isinstance(value, dict):
        return {key: str(text)[:500] for key, text in value.items()}
    return value if isinstance(value, int | list | None) else str(value)
