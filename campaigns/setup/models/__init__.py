"""The tables of campaigns."""

from campaigns.setup.models.campaign import Campaign as Campaign
from campaigns.setup.models.campaign import StateChange as StateChange
from campaigns.setup.models.form import FormField as FormField
from campaigns.setup.models.limit import Limit as Limit
