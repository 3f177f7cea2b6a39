"""A campaign of a real installation on a client's own site: shown, and as tall as it is; nowhere else."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.support.installation import Installation, wait_until
from tests.support.scenery import make_campaigns
from tests.support.staff import Staff

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.soak]

SLUG, SHOP, STRANGER = "embedded-draw", "https://shop.example", "https://evil.example"
PAGES = "https://pages.example"
"""By this name browsers reach the installation here: a page of theirs may not ask a machine's own address."""


def frame_of(page: "Page") -> "Frame":
    handle = page.wait_for_selector("iframe")
    assert handle
    frame = handle.content_frame()
    assert frame
    return frame


def test_an_embedded_page_is_shown_on_the_client_s_site_and_on_no_other(
    embedded: Installation, browser: "Browser"
) -> None:
    facts = make_campaigns(embedded, {SLUG: {"like": "quick-draw"}})[SLUG]
    with Staff(embedded) as staff:
        saved = staff.post(f"campaigns/campaign/{facts['id']}/embed/", sites=SHOP)
        assert "Saved" in saved
    tag = f'<script async src="{PAGES}/c/{SLUG}/embed.js" data-title="Draw"></script>'
    site = f"<!doctype html><title>Shop</title><h1>Shop</h1><div>{tag}</div>"
    context = browser.new_context(viewport={"width": 900, "height": 700})

    def pass_on(route: "Route") -> None:
        place = urlsplit(route.request.url).path
        route.fulfill(response=route.fetch(url=f"{embedded.facts['web']}{place}"))

    context.route(f"{PAGES}/**", pass_on)
    for name in (SHOP, STRANGER):
        context.route(
            f"{name}/**", lambda route: route.fulfill(content_type="text/html", body=site)
        )
    try:
        page = context.new_page()
        page.goto(f"{SHOP}/win")
        frame = frame_of(page)
        frame.wait_for_selector("#form:not([hidden])")
        whole = "() => Math.ceil(document.body.getBoundingClientRect().height)"
        wait_until(
            lambda: (
                page.eval_on_selector("iframe", "(one) => one.clientHeight")
                == frame.evaluate(whole)
            ),
            what="the frame is as tall as its page",
            seconds=10,
        )
        refused: list[str] = []
        stranger = context.new_page()
        stranger.on("console", lambda line: refused.append(line.text))
        stranger.goto(f"{STRANGER}/win")
        shown = frame_of(stranger)
        wait_until(
            lambda: bool(stranger.title()) and any("frame-ancestors" in line for line in refused),
            what="the browser refuses the frame",
            seconds=10,
        )
        assert shown.query_selector("#form") is None
        # No message of the frame leaves for another origin.
        heard = stranger.evaluate(
            """() => new Promise((done) => {
              const heard = [];
              addEventListener("message", (event) => heard.push(event.data));
              setTimeout(() => done(heard), 300);
            })"""
        )
        assert heard == []
    finally:
        context.close()
