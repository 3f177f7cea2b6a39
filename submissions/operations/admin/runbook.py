"""The runbook, for staff who are on call."""

from functools import cache
from typing import Any

from campaignhub.env import ROOT
from campaignhub.staff_site.views import StaffPage
from campaigns.accounts.rules.roles import Capability
from submissions.operations.rules.runbook import Section, sections


class Runbook(StaffPage):
    """What each number of operations means, what to do about it, and what it costs to wait."""

    title = "Runbook"
    capability = Capability.OPERATIONS
    template_name = "admin/operations/runbook.html"

    def shown(self) -> dict[str, Any]:
        """Add its sections."""
        return {"sections": _sections()}


@cache
def _sections() -> list[Section]:
    return sections((ROOT / "docs" / "runbook.md").read_text())
