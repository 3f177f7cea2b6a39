"""The main job in a real browser, at the width of a phone and of a desktop.

Staff make and publish a campaign by hand, a visitor sends a receipt on its page,
a moderator approves, and the page and a mail say so.
"""

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from submissions.rules.mails import UNDO
from tests.browser.staff_hands import draft, fill_tabs, publish, seen, sign_in
from tests.support.browsers import assert_accessible, open_page, take_screenshot
from tests.support.installation import Installation, wait_until
from tests.support.receipts import receipt_bytes

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]


def send_a_receipt(page: "Page", address: str, *, number: int, email: str) -> str:
    """Fill the form in and send it; return the reference that the page shows."""
    page.goto(address)
    page.wait_for_selector("#form:not([hidden])")
    page.set_input_files(
        "#f-receipt",
        {"name": "receipt.jpg", "mimeType": "image/jpeg", "buffer": receipt_bytes(number)},
    )
    page.fill("#f-given_name", "Ada")
    page.fill("#f-family_name", "Lovelace")
    page.fill("#f-email", email)
    page.check("#f-accept_rules")
    page.click(".send")
    page.wait_for_selector("#done[data-status=pending_review]")
    return page.text_content("#reference") or ""


@pytest.mark.parametrize("width", ["phone", "desktop"])
def test_a_campaign_made_by_hand_takes_a_receipt_that_is_approved_and_told(
    request: pytest.FixtureRequest, browser: "Browser", embedded: Installation, width: str
) -> None:
    size = {"phone": 390, "desktop": 1440}[width]
    with open_page(browser, width=size, height=900, touch=width == "phone") as staff:
        sign_in(staff, embedded, "max")
        seen(staff, "home")
        draft(staff, embedded, f"By hand on a {width}")
        fill_tabs(staff)
        address = publish(staff)
        assert address.endswith(f"/c/by-hand-on-a-{width}/")
        visitor: Page = request.getfixturevalue(width)
        reference = send_and_be_told(visitor, embedded, address, width)
        staff.goto(f"{embedded.facts['admin']}submissions/mail/?q={reference}")
        seen(staff, "mails")
        staff.click("#result_list a:has-text('Approved')")
        staff.wait_for_load_state()
        letter = staff.content() + "".join(frame.content() for frame in staff.frames[1:])
        assert reference in letter
        take_screenshot(staff, "staff-mail")


def send_and_be_told(visitor: "Page", embedded: Installation, address: str, width: str) -> str:
    """Send a receipt, have it approved, see the page say so; return the reference."""
    number = {"phone": 101, "desktop": 102}[width]
    visitor.goto(address)
    visitor.wait_for_selector("#form:not([hidden])")
    assert_accessible(visitor)
    visitor.click(".send")
    visitor.wait_for_selector("#summary:not([hidden])")
    assert_accessible(visitor)
    take_screenshot(visitor, f"page-errors-{width}")
    reference = send_a_receipt(visitor, address, number=number, email=f"ada.{width}@example.com")
    assert_accessible(visitor)
    take_screenshot(visitor, f"page-received-{width}")
    (submission_id,) = wait_until(
        lambda: embedded.rows(
            "SELECT id FROM submissions_submission WHERE reference = ?", (reference,)
        ),
        what="the submission in Django",
    )[0]

    context = visitor.context.browser.new_context() if visitor.context.browser else None
    assert context is not None
    moderator = context.new_page()
    sign_in(moderator, embedded, "mo")
    moderator.goto(f"{embedded.facts['admin']}submissions/submission/{UUID(submission_id)}/change/")
    assert "a•••@example.com" in (moderator.text_content("#desk") or "")
    take_screenshot(moderator, f"review-{width}")
    moderator.keyboard.press("a")
    moderator.wait_for_selector("#said form")
    context.close()

    mails = wait_until(
        lambda: embedded.rows(
            "SELECT id FROM submissions_mail WHERE submission_id = ? AND kind = 'approved' "
            "AND state = 'sent'",
            (submission_id,),
        ),
        what="the mail that says it counts, once the verdict can no longer be taken back",
        seconds=UNDO.total_seconds() + 30,
    )
    assert len(mails) == 1
    visitor.reload()
    visitor.wait_for_selector("#done[data-status=approved]")
    assert_accessible(visitor)
    take_screenshot(visitor, f"page-approved-{width}")
    return reference


def test_a_stranger_finds_nothing(phone: "Page", embedded: Installation) -> None:
    sign_in(phone, embedded, "stella")
    (campaign_id,) = embedded.rows("SELECT id FROM campaigns_campaign LIMIT 1")[0]
    answer = phone.goto(f"{embedded.facts['admin']}campaigns/campaign/{campaign_id}/change/")
    assert answer is not None
    assert answer.status == 404
