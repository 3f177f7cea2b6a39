"""What is promised: clients, campaigns, forms, staff, publishing."""

from importlib import import_module

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "Campaigns"

    def ready(self) -> None:
        """Register the admin's pages."""
        for page in ("campaign", "clients", "senders", "staff", "doors", "log"):
            import_module(f"campaigns.admin.{page}")
