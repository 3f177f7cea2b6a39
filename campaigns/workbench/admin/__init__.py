"""The pages of campaigns."""

from campaigns.workbench.admin import campaign as campaign
from campaigns.workbench.admin import home as home
from campaigns.workbench.admin import navigation as navigation
