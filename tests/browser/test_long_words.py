"""Names and addresses of one long word: no page grows wider than its window, and nothing is cut off."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.entries import send_entry
from tests.browser.staff_hands import let_in
from tests.support.browsers import assert_fits_window
from tests.support.installation import Installation
from tests.support.mailbox import mails_to, wait_for_link

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]

WORD = "Donaudampfschifffahrtsgesellschaftskapitaenswitwenverein"
ADDRESS = f"a.person.with.many.names@{WORD.lower()}.example"
WIDTHS = (390, 1024, 1440)
ROOMS = (
    "",
    "campaigns/campaign/",
    "accounts/client/",
    "accounts/senderidentity/",
    "accounts/membership/",
    "accounts/auditentry/",
    "submissions/submission/",
    "mail/mail/",
)
MAKE = f"""
from campaigns.accounts.models import Client, SenderIdentity, User
from campaigns.setup.models import Campaign
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services import invitations
operator, at = User.objects.get(username="operator"), timezone.now()
client = Client.objects.create(
    name={WORD!r}, legal_name={WORD!r} + " GmbH", help_email={ADDRESS!r}
)
SenderIdentity.objects.create(client=client, identity={ADDRESS!r}, assigned_at=at)
Campaign.objects.create(client=client, name={WORD!r}, slug="long-words")
invitations.invite(client, address={ADDRESS!r}, role=Role.CAMPAIGN_MANAGER, actor=operator, at=at)
"""
CUT = """() => [...document.querySelectorAll("body *")].filter((one) =>
  one.clientWidth > 2 && one.scrollWidth > one.clientWidth + 1
  && !["INPUT", "SELECT", "TEXTAREA"].includes(one.tagName)
  && ["hidden", "clip"].includes(getComputedStyle(one).overflowX)
).map((one) => `${one.tagName} ${one.className}: ${one.textContent.trim().slice(0, 60)}`)"""
GROWN = """() => {
  const say = (part, text) => document.querySelectorAll(`#result_list ${part}`)
    .forEach((one) => { one.textContent = text; });
  say("time", "59 minutes ago");
  say(".state", "Refused automatically");
}"""
"""What says "just now" and "Received" has longer words at another time."""


def assert_fits(page: "Page", *, widths: tuple[int, ...] = WIDTHS) -> None:
    """Fail where a page is wider than its window, or hides what does not fit."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        assert_fits_window(page, f"{page.url}, {width}")
        assert not page.evaluate(CUT), (width, page.url)


def test_names_and_addresses_of_one_long_word_wrap_on_every_page(
    desktop: "Page", phone: "Page", embedded: Installation
) -> None:
    embedded.python(MAKE)
    send_entry(embedded)
    let_in(desktop, embedded, "operator")
    for room in ROOMS:
        desktop.goto(f"{embedded.facts['admin']}{room}")
        desktop.evaluate(GROWN)
        assert_fits(desktop)
    for room in ROOMS[2:5]:
        desktop.goto(f"{embedded.facts['admin']}{room}")
        desktop.locator("a:has(.ch-name), a.ch-name").filter(has_text=WORD[:20]).first.click()
        desktop.wait_for_load_state()
        assert_fits(desktop)
    phone.goto(wait_for_link(embedded, ADDRESS, mails=1))
    phone.wait_for_selector(f"text=Join {WORD}")
    assert_fits(phone, widths=(320, 390))
    phone.goto("about:blank")  # which has no policy against a mail's own styles
    phone.set_content(mails_to(embedded, ADDRESS)[0]["BodyHtml"])
    assert_fits(phone, widths=(320, 390))


def test_a_long_name_wraps_at_the_desk(desktop: "Page", embedded: Installation) -> None:
    submission_id = send_entry(embedded)
    embedded.python(
        "from submissions.mirror.models import SubmissionAnswers\n"
        f"SubmissionAnswers.objects.filter(submission='{submission_id}').update("
        f"given_name={WORD!r}, family_name={WORD!r})\n"
    )
    let_in(desktop, embedded, "olivia")
    desktop.goto(
        f"{embedded.facts['admin']}submissions/submission/{submission_id}/change/",
    )
    desktop.wait_for_selector(f"h1:has-text('{WORD}')")
    for width in WIDTHS:
        desktop.set_viewport_size({"width": width, "height": 900})
        assert_fits_window(desktop, f"{WORD}, {width}")
