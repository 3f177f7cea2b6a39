"""The app of releases."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """Releases, and how far each has been carried."""

    name = "campaigns.publishing"
    verbose_name = "Releases"
