"""Where pages lie, and what a host that is not ours calls them."""

from django.apps import AppConfig


class HostingConfig(AppConfig):
    name = "campaigns.hosting"
    verbose_name = "Hosting"
