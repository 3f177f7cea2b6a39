"""The admin as an app of Django's, with our site in the place of the stock one."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin; ``admin.site`` is :class:`campaigns.admin.site.StaffSite`."""

    default_site = "campaigns.admin.site.StaffSite"
