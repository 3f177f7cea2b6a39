"""The tables of campaigns."""

from campaigns.setup.models.campaign import Campaign, StateChange
from campaigns.setup.models.form import FormField
from campaigns.setup.models.limit import Limit

__all__ = ["Campaign", "FormField", "Limit", "StateChange"]
