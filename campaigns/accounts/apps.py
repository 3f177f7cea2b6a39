"""The app of clients and people."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Owns the user model."""

    name = "campaigns.accounts"
    verbose_name = "Clients and staff"
