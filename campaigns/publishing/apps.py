"""Releases, and how far each has been carried."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "campaigns.publishing"
    verbose_name = "Releases"
