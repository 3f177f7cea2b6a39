"""The app of partner keys and block lists."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Partner keys and block lists."""

    name = "campaigns.access"
    verbose_name = "Partner keys and block lists"
