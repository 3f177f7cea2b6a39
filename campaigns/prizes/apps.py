"""The app of prizes, winning moments and codes."""

from django.apps import AppConfig


class PrizesConfig(AppConfig):
    name = "campaigns.prizes"
    verbose_name = "Prizes"
