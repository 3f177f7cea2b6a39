"""The forms of the campaign page: what staff type becomes what is stored."""

from campaigns.workbench.admin.forms.campaign import CampaignForm
from campaigns.workbench.admin.forms.limits import LimitForm, LimitFormSet
from campaigns.workbench.admin.forms.rows import FormRowForm, FormRowFormSet

__all__ = ["CampaignForm", "FormRowForm", "FormRowFormSet", "LimitForm", "LimitFormSet"]
