"""One entry in each of two languages through every verdict: read at the desk, on the status page and in the mail.

Both widths each time. Verdicts are given by the service and what follows from them is
sent at once; the desk's own keys have tests of their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING, Any

import pytest

from campaigns.rendering.words import script_words
from submissions.mail.rules.words import Message, mail_words
from tests.browser.staff_hands import let_in, seen
from tests.support.browsers import assert_fits_window, open_page, take_screenshot
from tests.support.installation import Installation, wait_until
from tests.support.mailbox import mails_to
from tests.support.receipts import receipt_bytes
from tests.support.visitor import Visitor, announced

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]

SLUG = "summer-receipts"
WIDTHS = ((390, 844), (1440, 900))
MESSAGE = {
    "en": "The shop confirmed this receipt to another person.",
    "de": "Der Laden hat diesen Bon einer anderen Person bestätigt.",
}
PROGRAM = """
from django.db.models import F
from campaigns.accounts.models import User
from ingest_lambda.contract import Reason, ReasonCode
from submissions.mail.models import Mail
from submissions.mail.services.delivery import deliver_mails
from submissions.review.services import decisions
from submissions.review.services.outbox import propagate_decisions
given = {"actor": User.objects.get(username="olivia"), "at": timezone.now()}
for pk, message in {ids}:
    # As if the earlier mails were sent days ago: a mailbox gets five a day.
    Mail.objects.filter(submission=pk).update(attempted_at=F("attempted_at") - timedelta(days=2))
{verdict}
propagate_decisions(at=timezone.now() + timedelta(minutes=5))
deliver_mails(at=timezone.now() + timedelta(minutes=5), most=1000)
"""


@dataclass
class Side:
    """One entrant, and the pages on which the entry is read."""

    locale: str
    visitor: Visitor
    photo: bytes
    page: "Page"
    """Of the entrant: of the status, and of the mails."""
    link: str = ""
    """In the first mail; the later ones' are not needed."""

    def __post_init__(self) -> None:
        """Have the text of the page in this language at hand."""
        self.words = script_words(self.locale)


def decide(embedded: Installation, sides: list[Side], verdict: str) -> None:
    """Give each entry a verdict, bring it to the table and send its mail."""
    ids = [(str(side.visitor.id), MESSAGE[side.locale]) for side in sides]
    embedded.python(
        PROGRAM.replace("{ids}", repr(ids)).replace("{verdict}", indent(verdict, "    "))
    )


def looked_at(page: "Page", name: str) -> None:
    """Fail where a page is wider than its window; keep pictures of it."""
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        assert_fits_window(page, f"{name}, {width}")
        take_screenshot(page, name)


def open_status(side: Side, status: str, *, title: str = "") -> str:
    """Follow the link of the first mail; return what the page says, under the state's own title or another."""
    side.page.goto("about:blank")
    side.page.goto(side.link)
    side.page.wait_for_selector(f"#done[data-status={status}]:not([hidden])")
    said = side.page.inner_text("#done")
    assert side.words[title or f"is_{status}"] in said
    looked_at(side.page, f"verdict-{status}-page-{side.locale}")
    return said


def read_mail(side: Side, message: Message, number: int) -> str:
    """Open the entrant's mail of this number as a mail program would; return its text."""
    installation, address = side.visitor.installation, side.visitor.email
    mail = wait_until(
        lambda: mails_to(installation, address)[number - 1 :], what=f"{message} to {address}"
    )[0]
    # Under the policy of no page of ours; a mail program has the picture at hand that the mail carries.
    side.page.goto("about:blank")
    side.page.set_content(re.sub(r'src="cid:[^"]*"', "", str(mail["BodyHtml"])))
    words = mail_words(side.locale)
    assert words[f"{message}.title"] in side.page.inner_text("body"), message
    looked_at(side.page, f"verdict-{message}-mail-{side.locale}")
    return str(mail["BodyText"])


def at_the_desk(staff: "Page", side: Side, state: str, name: str) -> str:
    """Open the entry at the desk; return what stands there."""
    facts = side.visitor.installation.facts
    staff.goto(f"{facts['admin']}submissions/submission/{side.visitor.id}/change/")
    said = staff.inner_text("#desk")
    assert state in said
    looked_at(staff, f"verdict-{name}-desk-{side.locale}")
    return said


def send_again(side: Side, photo: bytes) -> None:
    """Send a photo on the page behind the first mail's link."""
    file: Any = {"name": "receipt.jpg", "mimeType": "image/jpeg", "buffer": photo}
    side.page.set_input_files("#f-receipt", file)
    side.page.wait_for_selector(".card:not(.lost):not(:has(.ring))")
    side.page.click(".send")
    side.page.wait_for_selector("form[hidden]", state="attached")
    wait_until(lambda: side.visitor.row("attempt") == (2,), what="the answer in Django")
    side.visitor.images(2)


@pytest.fixture
def sides(browser: "Browser", embedded: Installation) -> Iterator[list[Side]]:
    """Enter once in each language."""
    with (
        open_page(browser, width=390, height=844) as one,
        open_page(browser, width=390, height=844) as other,
    ):
        pages = {"en": one, "de": other}
        entered = []
        for number, (locale, page) in enumerate(pages.items(), start=7_310_001):
            photo = receipt_bytes(number)
            visitor = Visitor(embedded, SLUG)
            visitor.start(announced(photo), locale=locale)
            assert visitor.upload(photo).is_success
            assert visitor.submit().status_code == 202
            entered.append(Side(locale, visitor, photo, page))
        yield entered


@pytest.mark.long
def test_each_verdict_is_read_at_the_desk_on_the_page_and_in_the_mail(
    desktop: "Page", embedded: Installation, sides: list[Side]
) -> None:
    let_in(desktop, embedded, "olivia")
    for side in sides:
        side.visitor.row("id")
        side.visitor.images(1)
        text = read_mail(side, Message.RECEIVED_REVIEW, 1)
        (side.link,) = re.findall(r"https?://\S+#\S+", text)
        open_status(side, "pending_review")
        at_the_desk(desktop, side, "Pending review", "taken-in")

    decide(
        embedded,
        sides,
        "decisions.request_resubmission(pk, reasons=[Reason(code=ReasonCode.ILLEGIBLE)], **given)",
    )
    for side in sides:
        read_mail(side, Message.ASKED_AGAIN, 2)
        at_the_desk(desktop, side, "New photo asked for", "asked-again")
        open_status(side, "needs_resubmission")
        assert side.page.is_visible(".drop"), "the first mail's link has the place for it"
        # The one sends the same file again, the other a better one.
        send_again(side, side.photo if side.locale == "en" else receipt_bytes(7_310_009))

    for side in sides:
        read_mail(side, Message.RECEIVED_AGAIN, 3)
        open_status(side, "pending_review")
        said = at_the_desk(desktop, side, "Pending review", "sent-again")
        assert desktop.inner_text(".shot:not([hidden]) .mark") == "New"
        assert ("the same file as the earlier one" in said) is (side.locale == "en")
    seen(desktop, "verdict-sent-again-desk")

    decide(
        embedded,
        sides,
        "decisions.reject_submission(pk, reasons=[Reason(code=ReasonCode.ILLEGIBLE_FINAL)], **given)",
    )
    for side in sides:
        text = read_mail(side, Message.REJECTED, 4)
        reason = open_status(side, "rejected").splitlines()[1:]
        assert any(line and line in text for line in reason), "mail and page give one reason"
        at_the_desk(desktop, side, "Rejected", "rejected")

    decide(
        embedded,
        sides,
        "decisions.reopen_submission(pk, note='It can be read.', message=message, **given)",
    )
    for side in sides:
        assert MESSAGE[side.locale] in read_mail(side, Message.REOPENED, 5)
        page = open_status(side, "pending_review", title="is_reopened")
        assert MESSAGE[side.locale] in page
        said = at_the_desk(desktop, side, "Pending review", "reopened")
        assert "reopened it: " in said
        assert "It can be read." in said

    decide(embedded, sides, "decisions.approve_submission(pk, **given)")
    decide(
        embedded,
        sides,
        "decisions.revoke_submission(pk, note='See 7F3K.', message=message, **given)",
    )
    for side in sides:
        assert MESSAGE[side.locale] in read_mail(side, Message.REVOKED, 7)
        assert MESSAGE[side.locale] in open_status(side, "revoked")
        at_the_desk(desktop, side, "Revoked", "revoked")
