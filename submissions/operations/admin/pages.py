"""The addresses of operations, which belong to no model's pages."""

from campaignhub.staff_site.navigation import Item, register
from campaignhub.staff_site.routes import add_pages, one
from campaigns.accounts.rules.roles import Capability
from campaigns.setup.models import Campaign
from campaigns.workbench.admin.publishing import offer
from submissions.operations.admin.dead_letters import DeadLetterQueue
from submissions.operations.admin.operations import Operations
from submissions.operations.admin.runbook import Runbook
from submissions.operations.admin.test_data import DeleteTestData

add_pages(
    ("operations/", Operations, "operations"),
    ("operations/runbook/", Runbook, "runbook"),
    (f"operations/tests/{one(Campaign, 'campaign_id')}/", DeleteTestData, "test_data"),
    ("operations/<slug:queue>/", DeadLetterQueue, "dead_letters"),
)
offer(
    "Delete test data",
    "admin:test_data",
    "Deletes every entry, photo and e-mail of tests. This can't be undone.",
    is_danger=True,
    needs_release=True,
)
register(
    Item("Operations", 10, "Operations", "monitoring", "admin:operations", Capability.OPERATIONS)
)
