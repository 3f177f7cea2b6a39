"""Every staff screen offers what the table says, nothing else, and each of its actions does something."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from submissions.mirror.models import Award
from tests.browser.every_screen import (
    CONTROL,
    CONTROLS,
    Scene,
    Screen,
    live_site,
    make_scene,
    screens,
)
from tests.browser.staff_hands import seen
from tests.support.browsers import assert_fits_window, open_page, take_screenshot
from tests.support.simulated_aws import simulated_aws

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# The site's thread shares the test's transaction; it ends its requests by closing connections, of which SQLite's in
# memory takes no notice.
pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.sqlite]
PATIENCE_MS = 60_000


@pytest.fixture
def site() -> Iterator[str]:
    """The address of a site that runs in this process."""
    with live_site() as address:
        yield address


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch, site: str) -> Iterator[Scene]:
    """One of everything on the site."""
    with simulated_aws(monkeypatch):
        yield make_scene()


def enter(page: "Page", user: str, scene: Scene, address: str) -> None:
    """Let somebody look who is signed in."""
    page.context.add_cookies([{"name": "sessionid", "value": scene.cookie(user), "url": address}])


def open_screen(page: "Page", screen: Screen, address: str) -> list[str]:
    """Open a screen; return the names of its controls."""
    answer = page.goto(address) or page.reload()
    assert answer is not None
    assert answer.status == 200, f"{screen.name}: {answer.status} {address}"
    if page.locator(".stage").count():
        page.wait_for_selector(".stage.live")
    names: list[str] = page.evaluate(CONTROLS)
    return names


def use(page: "Page", line: str) -> bool:
    """Do what a line of the table says; tell whether that ends a use of the screen."""
    way, shows, expected = line.partition(" > ")
    if way.startswith("press "):
        page.keyboard.press(way.removeprefix("press "))
    elif shows:
        for name in way.split(" » "):
            click(page, name)
    else:
        name, fills, value = way.partition(" = ")
        found = control(page, name)
        if value == "on":
            found.evaluate("one => one.click()")
        elif fills and found.evaluate("one => one.tagName") == "SELECT":
            found.select_option(value)
        elif fills:
            found.fill(value)
    if shows:
        page.wait_for_selector(expected, state="visible")
    return bool(shows)


def click(page: "Page", name: str) -> None:
    """Click a control, once more where the page has just put another in its place."""
    try:
        control(page, name).click()
    except Exception as trouble:
        if "not attached" not in str(trouble):
            raise
        control(page, name).click()


def control(page: "Page", name: str) -> Any:
    """Return the control of a name; "#2" is the second of it."""
    named, _, place = name.strip().partition(" #")
    page.evaluate(CONTROLS)
    found = page.evaluate_handle(CONTROL, [named, int(place or 1) - 1]).as_element()
    assert found is not None, f"no such control: {name}"
    return found


@pytest.mark.long
def test_every_screen_offers_what_the_table_says_and_each_action_does_something(
    scene: Scene, browser: "Browser", site: str
) -> None:
    faults: list[str] = []
    with open_page(browser, width=1440, height=900) as page:
        page.set_default_timeout(PATIENCE_MS)
        signed_in = ""
        for screen in screens():
            if screen.user != signed_in:
                enter(page, signed_in := screen.user, scene, site)
            address = f"{site}/admin/{screen.address.format(**scene.names)}"
            offered = {re.sub(r" #\d+$", "", name) for name in screen.controls}
            shown = set(open_screen(page, screen, address))
            if unlisted := shown - offered:
                faults.append(f"{screen.name}: not in the table: {sorted(unlisted)}")
            fresh = True
            for line in screen.lines:
                try:
                    if not fresh:
                        open_screen(page, screen, address)
                    fresh = not use(page, line)
                except Exception as trouble:  # noqa: BLE001 - all of them are told at the end
                    faults.append(f"{screen.name}: {line}: {str(trouble).splitlines()[0]}")
                    fresh = False
    assert not faults, "\n".join(faults)


BROKEN_TIMES = """() => [...document.querySelectorAll("#result_list time")].filter((one) => {
  one.textContent = "22 minutes ago";
  return one.checkVisibility();
}).filter((one) => one.getClientRects().length > 3).length"""
"""How many times of a list are on more lines than they have words."""


def test_no_list_breaks_a_time_within_a_word_on_a_phone(
    scene: Scene, browser: "Browser", site: str
) -> None:
    Award.objects.update(state="provisional")  # which has the longest words
    with open_page(browser, width=390, height=844, touch=True) as page:
        page.set_default_timeout(PATIENCE_MS)
        for screen in screens():
            if screen.name not in ("submissions", "prizes won", "mails", "jobs"):
                continue
            enter(page, screen.user, scene, site)
            open_screen(page, screen, f"{site}/admin/{screen.address}")
            assert page.locator("#result_list time").count(), screen.name
            assert page.evaluate(BROKEN_TIMES) == 0, screen.name
            assert_fits_window(page, screen.name)


def test_a_list_is_walked_by_arrow_keys_and_opened_by_enter(
    scene: Scene, browser: "Browser", site: str
) -> None:
    with open_page(browser, width=1440, height=900) as page:
        page.set_default_timeout(PATIENCE_MS)
        enter(page, "operator", scene, site)
        page.goto(f"{site}/admin/campaigns/campaign/")
        names = page.locator("#result_list .ch-name strong").all_text_contents()
        chosen = page.locator("#result_list .ch-chosen .ch-name strong")
        for key, place in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1)):
            page.keyboard.press(key)
            assert chosen.all_text_contents() == [names[place]], key
        page.keyboard.press("Enter")
        page.locator("h1", has_text=names[1]).wait_for()


@pytest.mark.parametrize(("works", "said"), [(True, "Copied"), (False, "Selected: please copy it")])
def test_the_line_to_embed_is_copied_or_marked_where_there_is_no_clipboard(
    scene: Scene, browser: "Browser", site: str, works: bool, said: str
) -> None:
    with open_page(browser, width=1440, height=900) as page:
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(
            "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
            f"document.execCommand = () => {str(works).lower()};"
        )
        enter(page, "operator", scene, site)
        page.goto(f"{site}/admin/campaigns/campaign/{scene.names['paused']}/embed/")
        page.get_by_role("button", name="Copy").first.click()
        page.get_by_role("button", name=said).first.wait_for()
        assert "embed.js" in page.evaluate("String(getSelection())")


def test_a_campaign_at_a_glance_can_be_used_by_everyone_and_has_nothing_to_change(
    scene: Scene, browser: "Browser", site: str
) -> None:
    with open_page(browser, width=390, height=844, touch=True) as page:
        page.set_default_timeout(PATIENCE_MS)
        enter(page, "moderator", scene, site)
        page.goto(f"{site}/admin/campaigns/campaign/{scene.names['campaign']}/change/")
        page.wait_for_selector(".glance")
        seen(page, "campaign-at-a-glance")
        changes = ".glance :is(form, input, select, textarea), [name=_continue], [name=_save]"
        assert page.locator(changes).count() == 0


@pytest.mark.soak
def test_every_screen_has_its_picture(scene: Scene, browser: "Browser", site: str) -> None:
    for width, height in ((390, 844), (1440, 900)):
        with open_page(browser, width=width, height=height, touch=width == 390) as page:
            page.set_default_timeout(PATIENCE_MS)
            for screen in screens():
                enter(page, screen.user, scene, site)
                address = f"{site}/admin/{screen.address.format(**scene.names)}"
                open_screen(page, screen, address)
                name = re.sub(r"\W+", "-", screen.name)
                take_screenshot(page, f"screen-{name}")
