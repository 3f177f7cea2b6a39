"""What the page says of prizes: as the server committed it, with codes to scan, uncovered by hand."""

from typing import TYPE_CHECKING, Any

import pytest

from ingest_lambda.contract import ShownAward
from tests.browser.visiting import (
    add_photo,
    answer_status,
    fill_in,
    now,
    open_form,
    outcome,
    send,
    status,
    uploaded,
)
from tests.support.browsers import assert_accessible
from tests.support.installation import Installation

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]
CODE = "7KQM-2XDB-VC4P"
VOUCHER = ShownAward(prize="voucher", name="£10 voucher", state="confirmed", code=CODE)
STICKER = ShownAward(prize="sticker", name="Sticker", state="provisional")
MISS = ShownAward(prize="voucher", name="£10 voucher", state="not_this_time")
HOW = """(how) => document.addEventListener("readystatechange", () => {
  const data = document.getElementById("page-data");
  if (data) data.textContent = data.textContent.replace('"reveal": "plain"', `"reveal": "${how}"`);
})"""
"""Shows results otherwise than the demo does, before the page's own script reads how."""


def sent(phone: "Page", embedded: Installation, *awards: ShownAward, reveal: str = "") -> None:
    if reveal:
        phone.add_init_script(f"({HOW})('{reveal}')")
    answer_status(phone, status("approved", received_at=now(), awards=awards))
    open_form(phone, embedded.campaign("instant-win")["page"])
    add_photo(phone, 1)
    uploaded(phone)
    fill_in(phone, email="ada@example.com")
    send(phone)
    outcome(phone, "approved")


def come_back(phone: "Page") -> None:
    """Look at another tab and come back; the page asks what became of the entry."""
    with phone.expect_response(lambda answer: "/submissions/" in answer.url):
        phone.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
    phone.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def test_a_win_has_its_code_to_read_and_to_scan(phone: "Page", embedded: Installation) -> None:
    sent(phone, embedded, VOUCHER, STICKER)
    phone.click(".scan summary")
    assert phone.inner_text(".prizes .code strong") == CODE
    assert phone.get_attribute(".qr", "aria-label") == f"QR code of {CODE}"
    assert phone.get_attribute(".bars", "aria-label") == f"Barcode of {CODE}"
    words = phone.inner_text(".prizes")
    assert "You’ve won: £10 voucher." in words
    assert "Sticker: reserved for you, subject to validation." in words
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert_accessible(phone)
    come_back(phone)
    assert phone.is_visible(".qr"), "what was opened stays open while the phone is looked at again"


NO_CLIPBOARD = {
    "absent": "Object.defineProperty(navigator, 'clipboard', { value: undefined });",
    "refused": "navigator.clipboard.writeText = () => Promise.reject(new Error('refused'));",
}


@pytest.mark.parametrize("clipboard", NO_CLIPBOARD)
@pytest.mark.parametrize(("works", "said"), [(True, "Copied"), (False, "Selected: please copy it")])
def test_a_code_is_copied_or_marked_where_the_browser_has_no_clipboard_for_it(
    phone: "Page", embedded: Installation, clipboard: str, works: bool, said: str
) -> None:
    phone.add_init_script(
        f"{NO_CLIPBOARD[clipboard]} document.execCommand = () => {str(works).lower()};"
    )
    sent(phone, embedded, VOUCHER)
    phone.click(".prizes .code button")
    phone.wait_for_selector(f".prizes .code button:has-text('{said}')")
    assert phone.evaluate("String(getSelection())") == CODE


@pytest.mark.parametrize(
    ("reveal", "motion"),
    [("scratch", "no-preference"), ("wheel", "reduce"), ("wheel", "no-preference")],
)
@pytest.mark.parametrize("award", [VOUCHER, MISS], ids=["win", "miss"])
def test_a_covered_result_opens_by_key_and_is_what_the_server_said(
    phone: "Page", embedded: Installation, reveal: str, motion: Any, award: ShownAward
) -> None:
    phone.emulate_media(reduced_motion=motion)
    sent(phone, embedded, award, reveal=reveal)
    phone.wait_for_selector(".cover")
    assert phone.is_hidden(".prizes")
    assert phone.locator(".wheel").count() == (reveal == "wheel" and motion != "reduce")
    phone.focus(".cover button")
    phone.keyboard.press("Enter")
    come_back(phone)
    phone.wait_for_selector(".prizes:not([hidden])")
    expected = "You’ve won: £10 voucher." if award is VOUCHER else "Not this time."
    assert phone.evaluate("document.activeElement.textContent") == expected
    assert phone.locator(".cover").count() == 0
