"""Django's admin with our site in the place of the stock one, and the app of its files."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin; ``admin.site`` is :class:`campaignhub.staff_site.site.StaffSite`."""

    default_site = "campaignhub.staff_site.site.StaffSite"


class StaffSiteConfig(AppConfig):
    """Static files and template tags of every staff page."""

    name = "campaignhub.staff_site"
