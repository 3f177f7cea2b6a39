"""The forms of the campaign page: what staff type becomes what is stored."""

from campaigns.workbench.admin.forms.campaign import CampaignForm as CampaignForm
from campaigns.workbench.admin.forms.limits import LimitForm as LimitForm
from campaigns.workbench.admin.forms.limits import LimitFormSet as LimitFormSet
from campaigns.workbench.admin.forms.prizes import PrizeForm as PrizeForm
from campaigns.workbench.admin.forms.prizes import PrizeFormSet as PrizeFormSet
from campaigns.workbench.admin.forms.rows import FormRowForm as FormRowForm
from campaigns.workbench.admin.forms.rows import FormRowFormSet as FormRowFormSet
