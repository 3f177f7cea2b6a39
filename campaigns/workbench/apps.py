"""The app of the campaign's screens."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """Pages, their scripts, and the commands ``demo`` and ``republish``."""

    name = "campaigns.workbench"
    verbose_name = "Campaign pages"
