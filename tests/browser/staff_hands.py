"""The hands of staff for browser tests: signing in, and making a campaign as people make one."""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.support.browsers import assert_accessible, assert_fits_window, take_screenshot
from tests.support.installation import Installation

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE_MS = 30_000
"""A page of the admin on a machine that runs everything else at the same time."""
RULES = """1. Buy two packs of iced tea and send a photo of the receipt.

2. One entry a day and ten in all; one per receipt.

3. Open to residents of the United Kingdom aged 18 or over."""


def sign_in(page: "Page", installation: Installation, username: str) -> None:
    """Sign in to the admin and wait for the home page."""
    page.set_default_timeout(PATIENCE_MS)
    accounts = {account["username"]: account for account in installation.facts["accounts"]}
    page.goto(installation.facts["admin"])
    page.fill("[name=username]", username)
    page.fill("[name=password]", accounts[username]["password"])
    page.click("[type=submit]")
    page.wait_for_selector(".ch-home")


def let_in(page: "Page", installation: Installation, username: str, password: str = "") -> None:
    """Sign in by the requests that the form sends, and show nothing yet: what is tested comes after it.

    The demo's people need no password here.
    """
    page.set_default_timeout(PATIENCE_MS)
    accounts = {account["username"]: account for account in installation.facts["accounts"]}
    form = f"{installation.facts['admin']}login/"
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.context.request.get(form).text())
    assert token is not None
    answer = page.context.request.post(
        form,
        form={
            "csrfmiddlewaretoken": token[1],
            "username": username,
            "password": password or accounts[username]["password"],
        },
        headers={"Origin": installation.facts["web"]},
        max_redirects=0,
    )
    assert answer.status == 302, answer.text()


def open_home(page: "Page", installation: Installation, username: str) -> None:
    """Show the home page of somebody."""
    let_in(page, installation, username)
    page.goto(installation.facts["admin"])
    page.wait_for_selector(".ch-home")


def seen(page: "Page", name: str) -> None:
    """Hold a staff page to what everyone can use, as wide as a desktop's and as a phone's; keep pictures."""
    before = page.viewport_size
    assert before is not None
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert_fits_window(page, f"{name}, {width}")
        assert_accessible(page)
        take_screenshot(page, f"staff-{name}")
    page.set_viewport_size(before)


def local(moment: datetime) -> str:
    """Return a moment as a browser's input for London's time takes it."""
    return moment.astimezone(ZoneInfo("Europe/London")).strftime("%Y-%m-%dT%H:%M")


def open_tab(page: "Page", slug: str) -> None:
    """Open a tab of a campaign."""
    page.click(f"#tab-{slug}")
    page.wait_for_selector(f"#panel-{slug}:not([hidden])")


def save(page: "Page") -> None:
    """Save and wait for the page that says what is saved; a refusal fails the test."""
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.click("button[name=_continue]")
    trouble = page.locator("#form-trouble")
    assert trouble.count() == 0, page.locator(".errorlist").all_text_contents()


def draft(page: "Page", installation: Installation, name: str) -> None:
    """Start a draft: whose it is, what it is called, when it is open."""
    page.goto(f"{installation.facts['admin']}campaigns/campaign/add/")
    page.fill("[name=name]", name)
    now = datetime.now(UTC)
    page.fill("[name=opens_at]", local(now - timedelta(minutes=5)))
    page.fill("[name=closes_at]", local(now + timedelta(weeks=8, minutes=-6)))
    assert "Open for 8 weeks" in (page.text_content("[data-span]") or "")
    seen(page, "campaign-new")
    save(page)
    page.wait_for_selector(".checklist .todo")


def add_row(page: "Page", kind: str, *, label: str = "", meaning: str = "") -> None:
    """Add a row of a kind from the palette."""
    page.click(f'[data-add-row="{kind}"]')
    row = page.locator("[data-row-list] > [data-row]").last
    if label:
        row.locator(".row-label input:visible").first.fill(label)
    if meaning:
        row.locator("select[name$=-meaning]").select_option(meaning)


def build_form(page: "Page") -> None:
    """Build the form: a receipt, a name, an address for mails, a consent; then put it in order."""
    open_tab(page, "form")
    add_row(page, "email")
    add_row(page, "text", label="First name", meaning="given_name")
    add_row(page, "text")
    row_says_what_it_means(page)
    add_row(page, "consent")
    consent_says_its_purpose(page)
    add_row(page, "receipt_image")
    receipt = page.locator("[data-kind=receipt_image] [data-handle]").last
    for _step in range(4):
        receipt.press("ArrowUp")
    drag_below(page, "[data-kind=email]", "[data-kind=text] >> nth=1")
    seen(page, "campaign-form")


def row_says_what_it_means(page: "Page") -> None:
    """Give the last row one meaning after the other: it says that in every language until it is worded by hand."""
    row = page.locator("[data-row-list] > [data-kind=text]").last
    meaning, labels = row.locator("select[name$=-meaning]"), row.locator(".row-label input")
    meaning.select_option("store")
    meaning.select_option("family_name")
    said = [one.input_value() for one in labels.all()]
    assert "Last name" in said
    assert set(said) <= {"Last name", "Apellidos", "Nachname", "Nom"}
    labels.locator("visible=true").first.fill("Surname")
    meaning.select_option("store")
    assert "Surname" in [one.input_value() for one in labels.all()], (
        "what was written by hand stays"
    )
    meaning.select_option("family_name")


def consent_says_its_purpose(page: "Page") -> None:
    """Give the last row, a consent, another purpose and the first one back: its proposed words follow."""
    row = page.locator("[data-row-list] > [data-kind=consent]").last
    purpose, label = (
        row.locator("select[name$=-purpose]"),
        row.locator(".row-label :is(input, textarea):visible").first,
    )
    required = row.locator("[name$=-required]")
    first = label.input_value()
    purpose.select_option("marketing")
    assert ("news" in label.input_value(), required.is_checked()) == (True, False)
    label.fill("Send me the catalogue.")
    purpose.select_option("other")
    assert label.input_value() == "Send me the catalogue.", "what somebody wrote stays"
    label.fill("")
    purpose.select_option("rules")
    assert (label.input_value(), required.is_checked()) == (first, True)


def drag_below(page: "Page", row: str, other: str) -> None:
    """Drag a row by its handle until it stands right above another."""
    handle = page.locator(f"{row} [data-handle]").last
    handle.evaluate("handle => handle.scrollIntoView({ block: 'center' })")
    start, end = handle.bounding_box(), page.locator(other).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, end["y"] - 8, steps=6)
    page.mouse.move(start["x"] + 5, end["y"] + 4, steps=2)
    page.mouse.up()


def rows_in_order(page: "Page") -> list[str]:
    """Return the names of a form's rows from top to bottom, as they are saved."""
    names = page.locator("#panel-form [data-row] [name$=-name]").all()
    return [name.input_value() for name in names]


def fill_tabs(page: "Page") -> None:
    """Follow the checklist: words, form, limits, rules."""
    page.click('.checklist a[data-field="headline"]')
    assert page.evaluate("document.activeElement.name") == "headline_en"
    page.keyboard.type("Win a weekend for four")
    page.fill("[name=supporting_en]", "Buy two packs, send the receipt, and you're in.")
    page.fill("[name=prizes_en]", "10 weekends for four by the sea")
    page.fill("[name=brand_colour]", "#8ecae6")
    page.click("text=/^Use #/")  # the shade that can be read
    seen(page, "campaign-page")
    build_form(page)
    open_tab(page, "limits")
    page.click("text=1 a day and 10 in all")
    page.click("text=1 per receipt")
    seen(page, "campaign-limits")
    open_tab(page, "legal")
    page.fill("[name=rules_en]", RULES)
    page.fill("[name=privacy_url]", "https://northwind.example/privacy")
    seen(page, "campaign-legal")
    save(page)
    assert rows_in_order(page) == ["receipt", "given_name", "email", "family_name", "accept_rules"]


def publish(page: "Page") -> str:
    """Publish what the checklist finds complete; return the page's address."""
    page.wait_for_selector(".checklist .state-good")
    open_tab(page, "publish")
    seen(page, "campaign-publish")
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.click("#panel-publish a.ch-button-main")
    for tick in page.locator("[name=accepted]").all():
        tick.check()
    take_screenshot(page, "staff-campaign-publish-asked")
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.click("form button:has-text('Publish')")
    assert "Release 1 is live" in (page.text_content("#main") or "")
    open_tab(page, "publish")
    seen(page, "campaign-published")
    return page.locator("#panel-publish .facts a").first.get_attribute("href") or ""
