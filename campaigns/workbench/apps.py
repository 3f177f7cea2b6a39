"""The campaign's screens: pages, their scripts, and the commands ``demo`` and ``republish``."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "campaigns.workbench"
    verbose_name = "Campaign pages"
