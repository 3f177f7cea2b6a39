"""The app of partner keys and block lists."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "campaigns.access"
    verbose_name = "Partner keys and block lists"
