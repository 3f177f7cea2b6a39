"""The pages of campaigns."""

from campaigns.workbench.admin import campaign as campaign
from campaigns.workbench.admin import home as home
