"""The clock: the lease of who runs it, and how its rounds fare."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "campaignhub.clock"
    verbose_name = "Clock"
