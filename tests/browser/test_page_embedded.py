"""A campaign on a client's own site: one tag, as tall as it is, on the sites that it names and no other."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from campaigns.hosting.files import content_type
from campaigns.rendering import policy_of, render_page
from tests.browser.visiting import now
from tests.campaigns.pages import make_content
from tests.support.installation import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Frame, Page

pytestmark = pytest.mark.browser

PAGES, SHOP, STRANGER = "https://pages.example", "https://shop.example", "https://evil.example"
TAG = f'<script async src="{PAGES}/summer/embed.js" data-title="Win a weekend"></script>'
SITE = f"<!doctype html><title>Shop</title><h1>Shop</h1><div>{TAG}</div><p>Below</p>"


@pytest.fixture
def context(browser: "Browser") -> "Iterator[BrowserContext]":
    """Three sites: the pages, with the headers of a host; the client's shop; somebody else's."""
    files = render_page(
        make_content(opens_at=now() - timedelta(days=1), closes_at=now() + timedelta(days=9)),
        api_url="https://api.example",
        upload_origin="https://bucket.example",
        images={},
        embed_origins=["https://other.example", SHOP],
    )
    files["state.json"] = b'{"state":"live","opens_at":null,"closes_at":null,"release":1}'

    with_headers = {}
    for path, body in files.items():
        headers = {"Content-Type": content_type(path)}
        if policy := policy_of(body):
            headers["Content-Security-Policy"] = policy
        with_headers[path] = (headers, body)

    context = browser.new_context(viewport={"width": 900, "height": 700})

    def serve(route: object) -> None:
        path = urlsplit(route.request.url).path.removeprefix("/summer/")  # type: ignore[attr-defined]
        found = with_headers.get(f"{path}index.html" if not path or path.endswith("/") else path)
        if found:
            route.fulfill(status=200, headers=found[0], body=found[1])  # type: ignore[attr-defined]
        else:
            route.fulfill(status=404, body="")  # type: ignore[attr-defined]

    context.route(f"{PAGES}/**", serve)
    for site in (SHOP, STRANGER):
        context.route(
            f"{site}/**", lambda route: route.fulfill(content_type="text/html", body=SITE)
        )
    yield context
    context.close()


def frame_of(page: "Page") -> "Frame":
    handle = page.wait_for_selector("iframe")
    assert handle
    frame = handle.content_frame()
    assert frame
    return frame


def settled(is_so: Callable[[], bool]) -> None:
    """Wait for what the frame and the site tell each other."""
    wait_until(is_so, seconds=10, what="the frame is as it should be")


def height(page: "Page") -> float:
    found: float = page.eval_on_selector("iframe", "(one) => one.getBoundingClientRect().height")
    return found


def test_one_tag_shows_the_page_as_tall_as_it_is_and_without_a_cookie(
    context: "BrowserContext",
) -> None:
    page = context.new_page()
    page.goto(f"{SHOP}/win")
    frame = frame_of(page)
    frame.wait_for_selector("#form:not([hidden])")
    whole = "() => Math.ceil(document.body.getBoundingClientRect().height)"
    settled(lambda: height(page) == frame.evaluate(whole))
    assert height(page) > 700
    assert page.get_attribute("iframe", "title") == "Win a weekend"
    # It grows with what it shows, and shrinks again.
    before = height(page)
    frame.evaluate("() => { document.querySelector('#rules').open = true; }")
    settled(lambda: height(page) > before)
    frame.evaluate("() => { document.querySelector('#rules').open = false; }")
    settled(lambda: height(page) == before)
    assert context.cookies() == []
    # What may not be framed opens beside the shop.
    assert frame.get_attribute(".contacts a", "target") == "_blank"


def test_a_stranger_s_site_shows_nothing_of_it(context: "BrowserContext") -> None:
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text))
    page.goto(f"{STRANGER}/win")
    frame = frame_of(page)
    settled(lambda: bool(page.title()) and any("frame-ancestors" in line for line in refused))
    assert frame.query_selector("#form") is None
    assert height(page) == 800


def test_a_message_of_another_site_or_frame_moves_nothing(context: "BrowserContext") -> None:
    page = context.new_page()
    page.goto(f"{SHOP}/win")
    frame = frame_of(page)
    frame.wait_for_selector("#form:not([hidden])")
    settled(lambda: height(page) != 800)
    before = height(page)
    page.evaluate("() => window.postMessage({campaignHeight: 17}, '*')")
    page.evaluate(
        f"""() => new Promise((done) => {{
          const other = document.createElement("iframe");
          other.src = "{PAGES}/summer/status/";
          other.onload = done;
          document.body.append(other);
        }})"""
    )
    for wrong in ("-5", "1e9", "'900px'", "NaN", "{}"):
        frame.evaluate(f"() => parent.postMessage({{campaignHeight: {wrong}}}, '{SHOP}')")
    frame.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
    assert page.eval_on_selector("iframe", "(one) => one.style.height") == f"{before:g}px"


def test_where_a_browser_keeps_nothing_for_a_frame_the_page_works_on(
    context: "BrowserContext",
) -> None:
    context.add_init_script(
        """if (window.parent !== window) for (const name of ["localStorage", "sessionStorage", "indexedDB"])
          Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });"""
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{SHOP}/win")
    frame = frame_of(page)
    frame.wait_for_selector("#form:not([hidden])")
    frame.fill("input[type=text], input:not([type])", "Ada")
    settled(lambda: height(page) != 800)
    assert faults == []
