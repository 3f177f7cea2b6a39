"""The rooms of the staff side: each can be used by everyone, at both widths, and by keyboard."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.staff_hands import open_home, seen
from tests.support.installation import Installation

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]


def test_every_room_of_an_owner_can_be_used_by_everyone(
    desktop: "Page", embedded: Installation
) -> None:
    desktop.goto(embedded.facts["admin"])
    seen(desktop, "sign-in")
    open_home(desktop, embedded, "olivia")
    links = desktop.locator("#nav-sidebar-apps a").all()
    rooms = {link.get_attribute("href") or "": link.text_content() or "" for link in links}
    assert len(rooms) >= 9
    for address, words in rooms.items():
        if "/next/" in address:
            continue  # leads to the entry that is due first, whichever that is
        desktop.goto(f"{embedded.facts['web']}{address}")
        name = re.sub(r"[^a-z]+", "-", " ".join(words.split()[1:]).lower()).strip("-")
        seen(desktop, f"room-{name}")
    for room in ("accounts/membership", "access/blockentry", "access/partnerkey"):
        answer = desktop.goto(f"{embedded.facts['admin']}{room}/add/")
        assert answer is not None
        assert answer.ok, room
        seen(desktop, f"add-{room.rpartition('/')[2]}")
