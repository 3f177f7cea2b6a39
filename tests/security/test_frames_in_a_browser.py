"""What runs in a campaign's page or in a preview of it, and could not be trusted, reaches no staff page."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.browser.staff_hands import PATIENCE_MS, let_in, open_tab
from tests.support.browsers import open_page
from tests.support.installation import Installation, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]

ASK_FOR_A_STAFF_PAGE = """async (address) => {
  try { return (await (await fetch(address, {credentials: "include"})).text()).length; }
  catch { return "refused"; }
}"""
OPEN_A_STAFF_PAGE = """async (address) => {
  const opened = window.open(address);
  if (!opened) return "no window";
  for (let tries = 0; tries < 100; tries += 1) {
    try { if (opened.document.querySelector("#nav-sidebar")) return "read"; } catch { return "refused"; }
    if (opened.closed) return "refused";
    await new Promise((wake) => setTimeout(wake, 50));
  }
  return "never loaded";
}"""


@pytest.fixture
def wide(browser: "Browser") -> "Iterator[Page]":
    """A page whose policy is put to the test, so that its refusals are no faults."""
    context = browser.new_context(viewport={"width": 1500, "height": 1000})
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def campaign_page(installation: Installation, slug: str) -> str:
    (found,) = installation.rows("SELECT id FROM campaigns_campaign WHERE slug = ?", (slug,))
    return f"{installation.facts['admin']}campaigns/campaign/{UUID(found[0])}/"


def test_a_script_on_a_campaigns_page_neither_asks_for_nor_opens_a_staff_page(
    wide: "Page", embedded: Installation
) -> None:
    let_in(wide, embedded, "max")
    wide.goto(embedded.campaign("quick-draw")["page"])
    wide.wait_for_selector("#form:not([hidden])")
    admin = embedded.facts["admin"]

    assert wide.evaluate(ASK_FOR_A_STAFF_PAGE, admin) == "refused"
    assert wide.evaluate(OPEN_A_STAFF_PAGE, admin) == "refused"
    assert wide.evaluate("() => fetch('./state.json').then((answer) => answer.ok)")


def test_a_script_in_a_preview_has_no_origin_no_cookie_and_no_way_to_a_staff_page(
    wide: "Page", embedded: Installation
) -> None:
    let_in(wide, embedded, "max")
    wide.goto(f"{campaign_page(embedded, 'quick-draw')}preview/")
    wide.wait_for_selector("#form:not([hidden])")

    assert wide.evaluate("window.origin") == "null"
    assert wide.evaluate(ASK_FOR_A_STAFF_PAGE, embedded.facts["admin"]) == "refused"
    assert wide.evaluate(OPEN_A_STAFF_PAGE, embedded.facts["admin"]) in ("refused", "no window")


def phone_of(page: "Page") -> "Frame":
    handle = page.locator(".phone iframe").element_handle()
    frame = handle.content_frame()
    assert frame is not None
    return frame


def test_the_phone_of_the_form_builder_draws_what_is_typed_and_cannot_look_out(
    browser: "Browser", embedded: Installation
) -> None:
    with open_page(browser, width=1500, height=1000) as page:
        let_in(page, embedded, "max")
        page.goto(f"{campaign_page(embedded, 'quick-draw')}change/")
        open_tab(page, "page")
        phone = phone_of(page)
        phone.wait_for_selector("#form:not([hidden])")
        assert phone.evaluate("window.origin") == "null"

        phone.evaluate("scrollTo(0, 300)")
        page.fill("[name=headline_en]", "Typed a moment ago")
        page.fill("[name=brand_colour]", "#123456")
        wait_until(
            lambda: phone_of(page).text_content("h1") == "Typed a moment ago", what="the drawing"
        )
        phone = phone_of(page)
        phone.wait_for_selector("#form:not([hidden])")
        wait_until(lambda: phone.evaluate("scrollY") == 300, what="the place it was scrolled to")
        colour = "getComputedStyle(document.documentElement).getPropertyValue('--brand')"
        assert "#123456" in phone.evaluate(colour)
        assert (
            phone.evaluate(
                "() => { try { return parent.document.title; } catch (error) { return error.name; } }"
            )
            == "SecurityError"
        )
        phone.click(".conditions a")  # leads to the rules below, never to the page around it
        wait_until(lambda: phone.evaluate("scrollY") > 300, what="the rules of the page")
        assert phone.text_content("h1") == "Typed a moment ago"
