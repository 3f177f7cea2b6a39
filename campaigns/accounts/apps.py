"""Clients and people; owns the user model."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "campaigns.accounts"
    verbose_name = "Clients and staff"
