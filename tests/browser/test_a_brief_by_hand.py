"""A brief as marketing writes it, made by hand: "500 vouchers, 6 weeks, two languages".

A receipt, winning moments from 8 to 22, won at once and confirmed after the review. A win
that the desk rejects goes to the next person, whose page and mail have its code.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.browser.staff_hands import (
    PATIENCE_MS,
    RULES,
    add_row,
    let_in,
    local,
    open_tab,
    publish,
    save,
    seen,
)
from tests.support.browsers import assert_accessible, assert_fits_window, take_screenshot
from tests.support.installation import UNDO_SECONDS, Installation, wait_until
from tests.support.mailbox import mails_to
from tests.support.receipts import receipt_bytes

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.long]
CODES = [f"WINTER-{number:05}" for number in range(500)]


def test_five_hundred_vouchers_in_six_weeks_and_two_languages(
    desktop: "Page", phone: "Page", embedded: Installation
) -> None:
    let_in(desktop, embedded, "max")
    start_a_campaign(desktop, embedded)
    say_it_in_two_languages(desktop)
    set_the_prize_up(desktop)
    import_the_codes(desktop)
    address = publish(desktop)

    first = enter(phone, address, email="first.by.hand@example.com", photo=9_001)
    assert "£10 voucher: reserved for you, subject to validation." in first
    assert decide(desktop, embedded, phone, key="r")
    unit = unit_that_went_back(embedded, phone)

    forget_the_entry(phone)
    second = enter(phone, f"{address}de/", email="second.by.hand@example.com", photo=9_002)
    assert "10-£-Gutschein: für dich reserviert, vorbehaltlich unserer Prüfung." in second
    decide(desktop, embedded, phone, key="a")
    mail = mail_of_the_win(embedded)
    phone.reload()
    phone.wait_for_selector("#done[data-status=approved]")
    code = phone.inner_text(".prizes .code strong")
    assert (code, won_units(embedded, phone)) == (CODES[int(unit[1:])], [unit])
    seen_by_a_visitor(phone, "won")
    assert code in mail
    results_say_so(desktop)


def start_a_campaign(staff: "Page", embedded: Installation) -> None:
    """Start a draft that is open for six weeks, in English and German; its first moments are due."""
    staff.set_default_timeout(PATIENCE_MS)
    staff.goto(f"{embedded.facts['admin']}campaigns/campaign/add/")
    staff.fill("[name=name]", "Winter vouchers")
    opens = datetime.now(UTC) - timedelta(days=2)
    staff.fill("[name=opens_at]", local(opens))
    staff.fill("[name=closes_at]", local(opens + timedelta(weeks=6, minutes=-1)))
    assert "Open for 6 weeks" in (staff.text_content("[data-span]") or "")
    staff.click("label:has-text('German')")
    save(staff)


def say_it_in_two_languages(staff: "Page") -> None:
    """Write the page, build the form with a receipt, and set limits and rules."""
    open_tab(staff, "page")
    staff.fill("[name=headline_en]", "Win one of 500 vouchers")
    staff.fill("[name=headline_de]", "Gewinne einen von 500 Gutscheinen")
    staff.fill("[name=prizes_en]", "500 vouchers of £10")
    staff.fill("[name=prizes_de]", "500 Gutscheine über 10 £")
    open_tab(staff, "form")
    add_row(staff, "receipt_image")
    add_row(staff, "email")
    add_row(staff, "consent")
    open_tab(staff, "limits")
    staff.click("text=1 a day and 10 in all")
    staff.click("text=1 per receipt")
    open_tab(staff, "legal")
    staff.fill("[name=rules_en]", RULES)
    staff.fill("[name=rules_de]", "Packung kaufen, Bon schicken. Eine Teilnahme am Tag.")
    staff.fill("[name=privacy_url]", "https://northwind.example/privacy")


def set_the_prize_up(staff: "Page") -> None:
    """Take the preset for vouchers by the hour, which is what the brief asks for."""
    open_tab(staff, "prizes")
    staff.click("text=Vouchers by the hour")
    row = staff.locator("#panel-prizes [data-row]").last
    names = row.locator(".row-label input:visible")
    names.nth(0).fill("£10 voucher")
    names.nth(1).fill("10-£-Gutschein")
    row.locator("[name$=-worth]").fill("10")
    assert "Then “Codes” appears here" in row.inner_text()
    staff.fill("[name=expected_submissions]", "20000")
    save(staff)
    open_tab(staff, "prizes")
    said = staff.inner_text(".prize-sentence")
    assert said.startswith("500 × £10 voucher, worth £10 each, one every ")
    assert said.endswith(
        "between 8:00 and 22:00, won at once, confirmed after the entry is reviewed."
    )
    seen(staff, "brief-prizes")


def import_the_codes(staff: "Page") -> None:
    """Import a file of codes after a look at it, and come back to the campaign."""
    staff.click(".prize-links >> text=Codes")
    content = "\n".join(["code", *CODES]).encode()
    staff.set_input_files(
        "#codes-file", {"name": "vouchers.csv", "mimeType": "text/csv", "buffer": content}
    )
    staff.click("text=Upload and check")
    staff.wait_for_selector("#preview-title")
    assert "500 codes in all" in staff.inner_text("#main")
    seen(staff, "brief-codes")
    staff.click("text=Import these codes")

    def are_here() -> bool:
        staff.reload()
        return "500 of 500 needed" in staff.inner_text("#main")

    wait_until(are_here, what="the codes")
    staff.click("text=Back to prizes")


def enter(visitor: "Page", address: str, *, email: str, photo: int) -> str:
    """Send a receipt, and return what the page says of prizes."""
    visitor.goto(address)
    visitor.wait_for_selector("#form:not([hidden])")
    seen_by_a_visitor(visitor, "form")
    content = receipt_bytes(photo)
    visitor.set_input_files(
        "#f-receipt", {"name": "receipt.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    visitor.fill("#f-email", email)
    visitor.check("#f-accept_rules")
    visitor.click(".send")
    visitor.wait_for_selector("#done[data-status=pending_review]")
    visitor.wait_for_selector(".prizes:not([hidden])")
    seen_by_a_visitor(visitor, "reserved")
    return visitor.inner_text(".prizes")


def seen_by_a_visitor(visitor: "Page", name: str) -> None:
    assert_fits_window(visitor, f"brief, {name}")
    assert_accessible(visitor)
    take_screenshot(visitor, f"brief-{name}")


def decide(staff: "Page", embedded: Installation, visitor: "Page", *, key: str) -> str:
    """Approve or reject the visitor's entry at the desk, by its keys; return what the desk says."""
    reference = visitor.text_content("#reference") or ""
    browser = staff.context.browser
    assert browser is not None
    context = browser.new_context()
    desk = context.new_page()
    let_in(desk, embedded, "mo")
    desk.goto(f"{embedded.facts['admin']}submissions/submission/?q={reference}")
    desk.click("#result_list a >> nth=0")
    desk.wait_for_selector("#desk .stage.live")
    assert "Reserved, subject to validation" in desk.inner_text("#desk")
    assert "WINTER-" not in desk.content()
    desk.keyboard.press(key)
    if key == "r":
        desk.keyboard.press("1")
        desk.keyboard.press("Enter")
    desk.wait_for_selector("#said form")
    said = desk.inner_text("#said")
    context.close()
    return said


def awards_of(embedded: Installation, visitor: "Page", state: str) -> list[str]:
    """Return the units of the visitor's awards in a state, as the site knows them."""
    reference = visitor.text_content("#reference") or ""
    rows = embedded.rows(
        "SELECT unit FROM submissions_award JOIN submissions_submission AS entry "
        "ON entry.id = submission_id WHERE entry.reference = ? AND state = ?",
        (reference, state),
    )
    return [str(unit) for (unit,) in rows]


def unit_that_went_back(embedded: Installation, visitor: "Page") -> str:
    """Return the unit of a rejected win, once it is back in the stock."""
    found = wait_until(
        lambda: awards_of(embedded, visitor, "released"), what="the rejected win goes back"
    )
    return found[0]


def won_units(embedded: Installation, visitor: "Page") -> list[str]:
    return wait_until(lambda: awards_of(embedded, visitor, "confirmed"), what="the confirmed win")


def forget_the_entry(visitor: "Page") -> None:
    """Be another person at the same phone."""
    visitor.context.clear_cookies()
    visitor.evaluate("localStorage.clear(); sessionStorage.clear()")


def mail_of_the_win(embedded: Installation) -> str:
    """Return the mail that says that the voucher is won, once it was sent."""

    def sent() -> list[str]:
        mails = mails_to(embedded, "second.by.hand@example.com")
        return [str(mail) for mail in mails if "Du hast gewonnen" in str(mail)]

    (mail,) = wait_until(sent, what="the mail of the win", seconds=UNDO_SECONDS + 30)
    return mail


def results_say_so(staff: "Page") -> None:
    """Open the campaign's results, where one voucher is given and none is open."""
    open_tab(staff, "publish")
    with staff.expect_navigation(wait_until="domcontentloaded"):
        staff.click("#panel-publish >> text=Results")
    said = " ".join(staff.inner_text("#main").split())
    assert "2 entries 50 % of the decided approved 0 awards subject to validation" in said
    assert "499 left of 500 1 given" in said
    assert "German 1 English 1" in said
    assert "WINTER-" not in staff.content()
    seen(staff, "brief-results")
