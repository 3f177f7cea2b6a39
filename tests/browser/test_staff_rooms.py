"""The rooms of the staff side: each can be used by everyone, at both widths, and by keyboard."""

import re
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.browser.staff_hands import seen, sign_in
from tests.support.installation import Installation

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]


@pytest.mark.parametrize("width", ["phone", "desktop"])
def test_every_room_of_an_owner_can_be_used_by_everyone(
    request: pytest.FixtureRequest, embedded: Installation, width: str
) -> None:
    page: Page = request.getfixturevalue(width)
    page.goto(embedded.facts["admin"])
    seen(page, "sign-in")
    sign_in(page, embedded, "olivia")
    links = page.locator("#nav-sidebar-apps a").all()
    rooms = {link.get_attribute("href") or "": link.text_content() or "" for link in links}
    assert len(rooms) >= 9
    for address, words in rooms.items():
        if "/next/" in address:
            continue  # leads to the entry that is due first, whichever that is
        page.goto(f"{embedded.facts['web']}{address}")
        name = re.sub(r"[^a-z]+", "-", " ".join(words.split()[1:]).lower()).strip("-")
        seen(page, f"room-{name}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    for room in ("accounts/membership", "access/blockentry", "access/partnerkey"):
        answer = page.goto(f"{embedded.facts['admin']}{room}/add/")
        assert answer is not None
        assert answer.ok, room
        seen(page, f"add-{room.rpartition('/')[2]}")


def test_a_list_is_walked_by_arrow_keys_and_opened_by_enter(
    desktop: "Page", embedded: Installation
) -> None:
    sign_in(desktop, embedded, "max")
    desktop.goto(f"{embedded.facts['admin']}campaigns/campaign/")
    desktop.keyboard.press("ArrowDown")
    desktop.keyboard.press("ArrowDown")
    chosen = desktop.locator("#result_list .ch-chosen strong").text_content() or ""
    with desktop.expect_navigation(wait_until="domcontentloaded"):
        desktop.keyboard.press("Enter")
    assert chosen
    assert chosen in (desktop.text_content("h1") or "")


def test_the_palette_leads_to_a_campaign_by_its_name(
    desktop: "Page", embedded: Installation
) -> None:
    sign_in(desktop, embedded, "max")
    desktop.keyboard.press("Control+k")
    desktop.locator("#search-input-command").press_sequentially("quick")
    found = desktop.locator("#command-results-list a", has_text="Quick draw")
    found.wait_for()
    with desktop.expect_navigation(wait_until="domcontentloaded"):
        found.click()
    assert "Quick draw" in (desktop.text_content("h1") or "")


def test_a_moderator_sees_a_campaign_at_a_glance_and_nothing_to_change(
    phone: "Page", embedded: Installation
) -> None:
    sign_in(phone, embedded, "mo")
    (campaign_id,) = embedded.rows("SELECT id FROM campaigns_campaign WHERE slug = 'quick-draw'")[0]
    phone.goto(f"{embedded.facts['admin']}campaigns/campaign/{UUID(campaign_id)}/change/")
    phone.wait_for_selector(".glance")
    seen(phone, "campaign-at-a-glance")
    assert phone.locator("main form, .glance form, [name=_continue]").count() == 0
