"""The app of long acts of staff."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "campaigns.jobs"
    verbose_name = "Jobs"
