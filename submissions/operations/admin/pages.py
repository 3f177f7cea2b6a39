"""The addresses of operations, which belong to no model's pages."""

from typing import Any

from django.urls import URLPattern

from campaignhub.staff_site.navigation import Item, register
from campaignhub.staff_site.routes import add_pages, one, page
from campaigns.accounts.rules.roles import Capability
from campaigns.setup.models import Campaign
from submissions.operations.admin.dead_letters import dead_letters_view
from submissions.operations.admin.operations import operations_view
from submissions.operations.admin.test_data import delete_test_data_view


def pages(site: Any) -> list[URLPattern]:
    """Return the addresses."""
    tests = f"operations/tests/{one(Campaign, 'campaign_id')}/"
    return [
        page(site, "operations/", operations_view, "operations"),
        page(site, tests, delete_test_data_view, "test_data"),
        page(site, "operations/<slug:queue>/", dead_letters_view, "dead_letters"),
    ]


add_pages(pages)
register(
    Item("Operations", 10, "Operations", "monitoring", "admin:operations", Capability.OPERATIONS)
)
