"""The main job in a real browser: staff at a desk, visitors at a phone; the other way round in `make soak`.

Staff make and publish a campaign by hand, a visitor sends a receipt on its page,
a moderator approves, and the page and a mail say so.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.browser.staff_hands import draft, fill_tabs, let_in, publish, seen, sign_in
from tests.support.browsers import assert_accessible, take_screenshot
from tests.support.installation import UNDO_SECONDS, Installation, wait_until
from tests.support.receipts import receipt_bytes

if TYPE_CHECKING:
    from playwright.sync_api import Page

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


@pytest.mark.long
@pytest.mark.parametrize(
    ("staff_width", "visitor_width"),
    [("desktop", "phone"), pytest.param("phone", "desktop", marks=pytest.mark.soak)],
)
def test_a_campaign_made_by_hand_takes_a_receipt_that_is_approved_and_told(
    request: pytest.FixtureRequest, embedded: Installation, staff_width: str, visitor_width: str
) -> None:
    staff: Page = request.getfixturevalue(staff_width)
    visitor: Page = request.getfixturevalue(visitor_width)
    address = publish_by_hand(staff, embedded, staff_width)
    entry = send_and_approve(visitor, embedded, address, visitor_width)
    page_and_mail_say_so(visitor, staff, embedded, entry)


@dataclass
class Entry:
    """An entry on its way, and the width of the screen that it is made on."""

    width: str
    reference: str
    submission_id: str


def publish_by_hand(staff: "Page", embedded: Installation, width: str) -> str:
    """Make a campaign by hand and publish it; return its address."""
    sign_in(staff, embedded, "max")
    seen(staff, "home")
    draft(staff, embedded, f"By hand on a {width}")
    fill_tabs(staff)
    address = publish(staff)
    assert address.endswith(f"/c/by-hand-on-a-{width}/")
    return address


def send_and_approve(visitor: "Page", embedded: Installation, address: str, width: str) -> Entry:
    """Send a receipt as a visitor, and approve it as a moderator."""
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
    let_in(moderator, embedded, "mo")
    moderator.goto(f"{embedded.facts['admin']}submissions/submission/{UUID(submission_id)}/change/")
    assert "a•••@example.com" in (moderator.text_content("#desk") or "")
    take_screenshot(moderator, f"review-{width}")
    moderator.keyboard.press("a")
    moderator.wait_for_selector("#said form")
    context.close()
    return Entry(width, reference, submission_id)


def page_and_mail_say_so(
    visitor: "Page", staff: "Page", embedded: Installation, entry: Entry
) -> None:
    """Fail unless the visitor's page and one mail say that the entry counts, and staff can read it."""
    mails = wait_until(
        lambda: embedded.rows(
            "SELECT id FROM mail_mail WHERE submission_id = ? AND kind = 'approved' "
            "AND state IN ('sent', 'delivered')",
            (entry.submission_id,),
        ),
        what="the mail that says it counts, once the verdict can no longer be taken back",
        seconds=UNDO_SECONDS + 30,
    )
    assert len(mails) == 1
    visitor.reload()
    visitor.wait_for_selector("#done[data-status=approved]")
    assert_accessible(visitor)
    take_screenshot(visitor, f"page-approved-{entry.width}")

    staff.goto(f"{embedded.facts['admin']}mail/mail/?q={entry.reference}")
    seen(staff, "mails")
    staff.click("#result_list a:has-text('Approved')")
    staff.wait_for_load_state()
    letter = staff.content() + "".join(frame.content() for frame in staff.frames[1:])
    assert entry.reference in letter
    take_screenshot(staff, "staff-mail")


def test_a_stranger_finds_nothing(phone: "Page", embedded: Installation) -> None:
    let_in(phone, embedded, "stella")
    (campaign_id,) = embedded.rows("SELECT id FROM campaigns_campaign LIMIT 1")[0]
    answer = phone.goto(f"{embedded.facts['admin']}campaigns/campaign/{UUID(campaign_id)}/change/")
    assert answer is not None
    assert answer.status == 404
