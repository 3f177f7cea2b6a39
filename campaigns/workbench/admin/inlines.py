"""The rows of a campaign: its form, its limits and its prizes."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import StackedInline

from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import can
from campaigns.prizes.models import Prize
from campaigns.publishing.rules.publish_checks.form import MOST_FIELDS
from campaigns.setup.models import Campaign, FormField, Limit
from campaigns.workbench.admin.forms import (
    FormRowForm,
    FormRowFormSet,
    LimitForm,
    LimitFormSet,
    PrizeForm,
    PrizeFormSet,
)


class _ByCampaign:
    """Rows that belong to a campaign: permissions are the campaign's own, their number is bounded."""

    max_num = 2 * MOST_FIELDS
    """Twice what can be published. A form that claims millions of rows would make us build each."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Build no row beyond the most."""
        return super().get_formset(request, obj, absolute_max=self.max_num, **kwargs)  # type: ignore[misc]

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
    """The form builder."""

    model = FormField
    form = FormRowForm
    formset = FormRowFormSet
    extra = 0
    template = "admin/campaigns/campaign/form_rows.html"


class LimitInline(_ByCampaign, StackedInline):
    """How often somebody may enter."""

    model = Limit
    form = LimitForm
    formset = LimitFormSet
    extra = 0
    template = "admin/campaigns/campaign/limit_rows.html"


class PrizeInline(_ByCampaign, StackedInline):
    """What can be won."""

    model = Prize
    form = PrizeForm
    formset = PrizeFormSet
    extra = 0
    template = "admin/campaigns/campaign/prize_rows.html"
