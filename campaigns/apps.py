"""What is promised: clients, campaigns, forms, staff, publishing."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "Campaigns"
