"""Mails, their samples, operations and the deletion of test data: usable by everyone, at both widths."""

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.browser.entries import send_entry
from tests.browser.staff_hands import let_in, seen
from tests.support.installation import Installation, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]


def test_every_page_beside_the_desk_can_be_used_by_everyone(
    desktop: "Page", embedded: Installation
) -> None:
    submission_id = send_entry(embedded)
    (mail_id,) = wait_until(
        lambda: embedded.rows(
            "SELECT id FROM mail_mail WHERE submission_id = ? AND state IN ('sent', 'delivered')",
            (submission_id.hex,),
        ),
        what="the mail that says we have it",
    )[0]
    (campaign_id,) = embedded.rows(
        "SELECT id FROM campaigns_campaign WHERE slug = 'summer-receipts'"
    )[0]
    let_in(desktop, embedded, "operator")
    admin = embedded.facts["admin"]
    for name, path in {
        "mails": "mail/mail/",
        "mail": f"mail/mail/{mail_id}/read/",
        "mail-samples": f"mail/mail/samples/{UUID(campaign_id)}/",
        "operations": "operations/",
        "dead-letters": "operations/mirror/",
        "test-data": f"operations/tests/{UUID(campaign_id)}/",
    }.items():
        answer = desktop.goto(f"{admin}{path}")
        assert answer is not None
        assert answer.status == 200, path
        desktop.wait_for_selector("#content")
        desktop.wait_for_load_state("networkidle")
        seen(desktop, name)
