"""Debian's Chromium, pages in it, pictures of them, and a check that everyone can use them."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaignhub.env import VAR
from tests.support.installation import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROGRAM = Path(__file__).with_name("browser_program")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--in-process-gpu",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    "--disable-default-apps",
    "--mute-audio",
    # Playwright's own list, which this replaces, and what runs beside a page that nobody sees: the address bar's
    # suggestions, a page of their own in each profile, took half the time, and a renderer waited for a next site.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,"
    "BoundaryEventDispatchTracksNodeRemoval,DestroyProfileOnBrowserClose,DialMediaRouteProvider,"
    "GlobalMediaControls,HttpsUpgrades,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,Translate,AutoDeElevate,OptimizationHints,RenderDocument",
]
SCREENSHOTS = VAR / "screenshots"
PICTURES = bool(os.environ.get("PICTURES"))
"""Whether pictures are kept of what is no failure, for people to look at: a third of a second of a core each."""
WCAG_22_AA = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
BY_COLOUR = ["color-contrast", "link-in-text-block"]
"""Those of axe-core's rules in them that go by colours: all that another scheme of the same page may break."""


@cache
def _executable() -> str:
    found = subprocess.run(["bash", PROGRAM], check=True, capture_output=True, text=True)
    return found.stdout.strip()


@contextmanager
def open_chromium() -> Iterator["Browser"]:
    """Start the installed browser, headless; no download of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_executable(), headless=True, args=FLAGS
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(
    browser: "Browser", *, width: int, height: int, touch: bool = False, **options: Any
) -> Iterator["Page"]:
    """Open a page with a profile of its own; raise at its end what went wrong in its scripts.

    A refusal by the Content-Security-Policy counts: the browser reports it as an
    error of the console.

    Its user wants no motion: what is to be clicked stands still at once, and no
    pictures are drawn of the way there, which are a sixth of a page's work.
    """
    context = browser.new_context(
        viewport={"width": width, "height": height},
        has_touch=touch,
        is_mobile=touch,
        reduced_motion="reduce",
        **options,
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None,
    )
    try:
        yield page
        assert not faults, f"errors in the page: {faults}"
    except Exception:
        with suppress(Exception):
            test = os.environ.get("PYTEST_CURRENT_TEST", "a page").split(" ")[0]
            _picture(page, re.sub(r"[^\w.-]+", "_", f"failed-{test}")[-150:])
        raise
    finally:
        context.close()


def is_page(thing: object) -> bool:
    """Tell whether a thing is a page of the browser; without Playwright nothing is."""
    return type(thing).__module__.startswith("playwright.") and type(thing).__name__ == "Page"


def take_screenshot(page: "Page", name: str) -> None:
    """Keep a picture of the whole page as ``var/screenshots/{name}-{width}.png``, where pictures are wanted."""
    if PICTURES:
        _picture(page, name)


def _picture(page: "Page", name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    size = page.viewport_size
    width = size["width"] if size else 0
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)


UNSTICK = """() => {
  window.unstuck = [...document.querySelectorAll("*")].filter(
    (one) => getComputedStyle(one).position === "sticky");
  window.unstuck.forEach((one) => one.style.setProperty("position", "static", "important"));
}"""
LOOK = "(options) => axe.run(options).then((found) => found.violations)"
STICK = """() => window.unstuck.forEach((one) => one.style.removeProperty("position"))"""


@cache
def _axe() -> str:
    from axe_playwright_python.sync_playwright import Axe

    return str(Axe().axe_script)


def assert_fits_window(page: "Page", what: str) -> None:
    """Fail where a page stays wider than its window. Right after a change of width a table may still have the one before."""
    wait_until(
        lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
        what=f"no wider than its window: {what}",
        seconds=5,
    )


def assert_accessible(page: "Page", *, rules: Sequence[str] = ()) -> None:
    """Fail with axe-core's findings against WCAG 2.2 AA, each with the element it is about.

    ``rules`` may name some of them, where no other can have changed since the page was looked at.

    Bars that stay while the page scrolls stand at their place in the text meanwhile: what one
    of them half covers at this moment would count as a target too small, and the next
    turn of the wheel uncovers it.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    chosen = {"type": "rule", "values": list(rules)} if rules else WCAG_22_AA
    page.evaluate(UNSTICK)
    violations = page.evaluate(LOOK, {"runOnly": chosen, "resultTypes": ["violations"]})
    page.evaluate(STICK)
    found = [
        f"{violation['id']}: {violation['help']} — {node['html'][:200]}"
        for violation in violations
        for node in violation["nodes"]
    ]
    assert not found, "not everyone can use this page:\n" + "\n".join(found)
