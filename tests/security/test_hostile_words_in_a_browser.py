"""Hostile text on every staff page, mail and preview in Chromium: no dialog, no request, no violation, no raw tag."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from campaigns.rendering.policy import CHALLENGE_ORIGINS
from tests.browser.staff_hands import PATIENCE_MS, let_in, open_tab
from tests.security.hostile import HOSTILE_EMAIL, MARK, TURNING, hostile
from tests.security.scene import PASSWORD
from tests.support.browsers import open_page
from tests.support.installation import Installation, wait_until
from tests.support.visitor import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page, Request

pytestmark = [pytest.mark.browser, pytest.mark.flow]

_MAKE = """
import json
from campaigns.publishing.services.drafts import draft_token
from tests.security.addresses import addresses
from tests.security.scene import make_scene

scene = make_scene(at=timezone.now())
found = {}
for role, user in scene.staff.items():
    token = draft_token(scene.campaign, viewer=user, at=timezone.now())
    known = scene.things if role == "owner" else {part: some[:1] for part, some in scene.things.items()}
    things = known | {"token": [token], "uidb64": ["MQ"]}
    pages = [one for found in addresses(things).values() for one in found]
    found[role] = {"username": user.username, "pages": pages}
print(json.dumps({"staff": found, "slug": scene.campaign.slug, "waiting": str(scene.things["submission"][0])}))
"""
"""Made in the installation itself, through its table and its site host."""

MADE_OF_TEXT = f"""() => [...document.querySelectorAll("*")].filter((one) => [...one.attributes].some(
  ({{name, value}}) => name === "{MARK}" || name.startsWith("on")
    || (/^(x-|@|:|hx-)/.test(name) && value.includes("{MARK}")))).map((one) => one.outerHTML.slice(0, 200))"""
"""What stands in the document and was made of hostile text."""


@pytest.fixture(scope="module")
def made(embedded: Installation) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(embedded.python(_MAKE).splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def entered(embedded: Installation, made: dict[str, Any]) -> str:
    """Send an entry and a message as a visitor with bad intentions; return the desk's address of it."""
    campaign = {
        "release": 2,
        "answers": {
            "first": hostile(40),
            "last": f"{TURNING}{hostile(40)}",
            "story": f"{TURNING}\x00{hostile()}",
            "poster": hostile(300, turn=2),
        },
        "consents": {"accept_rules": True},
        "receipt_field": None,
    }
    visitor = Visitor(embedded, made["slug"], email=HOSTILE_EMAIL, campaign=campaign)
    visitor.start(route="purchase", source=hostile(60))
    assert visitor.submit(trap=hostile(100)).status_code == 202
    assert visitor.id is not None
    visitor.row("status")
    assert visitor.say("appeal", {"text": hostile()}).status_code == 202
    wait_until(
        lambda: embedded.rows(
            "SELECT 1 FROM submissions_entrantmessage WHERE submission_id = ?",
            (visitor.id.hex,),  # type: ignore[union-attr]
        ),
        what="the message in Django",
    )
    return f"/admin/submissions/submission/{visitor.id}/change/"


def goes_out(address: str) -> bool:
    """Tell whether a request leaves this machine, other than for the challenge of a campaign's page."""
    parts = urlsplit(address)
    ours = parts.hostname in ("127.0.0.1", None)
    return not ours and f"{parts.scheme}://{parts.netloc}" not in CHALLENGE_ORIGINS.values()


@contextmanager
def watched(browser: "Browser", *, width: int = 1440) -> "Iterator[Page]":
    """Open a page; raise at its end for a dialog, a request to elsewhere, a violation or a script's error."""
    with open_page(browser, width=width, height=900) as page:
        page.set_default_timeout(PATIENCE_MS)
        strange: list[str] = []

        def refuse(dialog: "Dialog") -> None:
            strange.append(dialog.message)
            dialog.dismiss()

        def note(request: "Request") -> None:
            if goes_out(request.url):
                strange.append(request.url)

        challenge = f"{CHALLENGE_ORIGINS['turnstile']}/**"
        page.context.route(challenge, lambda route: route.fulfill(body=""))
        page.on("dialog", refuse)
        page.context.on("request", note)
        yield page
        assert not strange


def look(page: "Page", address: str) -> None:
    for frame in page.frames:
        assert frame.evaluate(MADE_OF_TEXT) == [], address


@pytest.mark.long
def test_every_page_of_every_role_shows_hostile_text_as_text(
    browser: "Browser", embedded: Installation, made: dict[str, Any], entered: str
) -> None:
    looked_at: dict[str, str] = {}
    with watched(browser) as page:
        for role, member in made["staff"].items():
            page.context.clear_cookies()
            let_in(page, embedded, member["username"], PASSWORD)
            for address in (*member["pages"], entered):
                answer = page.context.request.get(f"{embedded.facts['web']}{address}")
                assert answer.status < 500, address
                if "html" not in answer.headers.get("content-type", "") or answer.status != 200:
                    continue
                # What is made of the same kinds of elements is the same page with other words.
                kinds = re.findall(r'<[a-z]+(?: [^>]*?class="[^"]*")?', answer.text())
                shape = " ".join(sorted({re.sub(r" [^>]*class=", " ", kind) for kind in kinds}))
                if looked_at.setdefault(shape, f"{role}: {address}") == f"{role}: {address}":
                    page.goto(f"{embedded.facts['web']}{address}")
                    look(page, address)
    assert len(looked_at) > 40


def test_hostile_text_stays_text_where_scripts_write_it(
    browser: "Browser", embedded: Installation, made: dict[str, Any], entered: str
) -> None:
    typed = hostile()
    with watched(browser, width=1500) as page:
        let_in(page, embedded, made["staff"]["owner"]["username"], PASSWORD)
        page.goto(embedded.facts["admin"])
        page.wait_for_selector(".ch-home")
        page.keyboard.press("Control+k")
        page.locator("#search-input-command").press_sequentially("onerror")
        page.locator("#command-results-list a", has_text=MARK).first.wait_for()
        look(page, "the palette")
        page.locator("#search-input-command").press("ArrowDown")
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.locator("#search-input-command").press("Enter")
        page.keyboard.press("Control+k")
        page.locator("#command-history a", has_text=MARK).first.wait_for()
        look(page, "what the palette remembers")

    with watched(browser, width=1500) as page:
        let_in(page, embedded, made["staff"]["operator"]["username"], PASSWORD)
        (found,) = embedded.rows("SELECT id FROM campaigns_campaign WHERE slug = 'quick-draw'")
        page.goto(f"{embedded.facts['admin']}campaigns/campaign/{UUID(found[0])}/change/")
        open_tab(page, "page")
        page.fill("[name=headline_en]", typed)
        phone = page.locator(".phone iframe").content_frame
        phone.locator("h1", has_text=typed[:40]).wait_for()
        look(page, "the phone")
        open_tab(page, "legal")
        page.fill("[name=rules_en]", typed)
        page.locator("[data-rules-preview] summary").click()
        page.locator(".rules-text p", has_text=MARK).first.wait_for()
        look(page, "the rules as they read")
        page.evaluate("onbeforeunload = null")


def test_hostile_text_stays_text_at_the_desk_from_the_note_to_the_next_entry(
    browser: "Browser", embedded: Installation, made: dict[str, Any], entered: str
) -> None:
    with watched(browser) as page:
        let_in(page, embedded, made["staff"]["moderator"]["username"], PASSWORD)
        first = made["waiting"]
        desk = f"{embedded.facts['admin']}submissions/submission/{first}/change/"
        page.goto(desk)
        look(page, "the desk")
        page.keyboard.press("r")
        page.locator("#reject input[value=OTHER]").check()
        page.fill("#reject [name=message]", hostile(900))
        page.fill("#reject [name=note]", hostile(900))
        page.locator("#reject .preview", has_text=MARK).wait_for()
        look(page, "what the entrant will read")
        page.locator("#reject form button").last.click()
        page.wait_for_function(
            "(first) => document.querySelector('#desk').dataset.id !== first", arg=first
        )
        page.wait_for_selector("#said form [data-key=u]")
        look(page, "the next desk")
        page.goto(desk)
        assert MARK in (page.text_content(".history") or "")
        look(page, "the history")
