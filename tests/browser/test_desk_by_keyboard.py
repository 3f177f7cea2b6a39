"""The desk in a real browser: a moderator decides by keyboard, the next picture is there, a slip is undone."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from tests.browser.entries import clear_desk, send_before_photos, send_entry, status_of
from tests.browser.staff_hands import let_in, seen
from tests.support.browsers import take_screenshot
from tests.support.installation import Installation, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]

PATIENCE_MS = 60_000
WIDTHS = ["desktop", pytest.param("phone", marks=pytest.mark.soak)]
"""Keys do the same on both; what is shown is held to both widths on either."""


def open_next(page: "Page", installation: Installation) -> str:
    page.goto(f"{installation.facts['admin']}submissions/submission/next/")
    page.wait_for_selector("#desk[data-id] .stage.live")
    wait_for_picture(page)
    return shown(page)


def shown(page: "Page") -> str:
    return page.get_attribute("#desk", "data-id") or ""


def wait_for_other(page: "Page", before: str) -> str:
    page.wait_for_function("(id) => document.getElementById('desk').dataset.id !== id", arg=before)
    return shown(page)


def wait_for_picture(page: "Page") -> None:
    page.wait_for_function(
        "() => { const i = document.querySelector('.shot:not([hidden]) .pane img');"
        " return !i || i.complete && i.naturalWidth > 0 }"
    )


def box(page: "Page", selector: str) -> dict[str, Any]:
    found = page.locator(selector).first.bounding_box()
    assert found is not None
    return dict(found)


@pytest.mark.parametrize("width", WIDTHS)
def test_entries_are_decided_by_keyboard_and_a_slip_is_undone(
    request: pytest.FixtureRequest, embedded: Installation, width: str
) -> None:
    page: Page = request.getfixturevalue(width)
    clear_desk(embedded)
    for photos in (2, 1, 1):
        send_entry(embedded, photos=photos)
    let_in(page, embedded, "mo")

    first = open_next(page, embedded)
    seen(page, "desk")
    page.keyboard.press("a")
    second = wait_for_other(page, first)
    page.wait_for_selector("#said form")
    assert "approved." in (page.text_content("#said") or "")
    assert status_of(embedded, UUID(first)) == "approved"
    wait_for_picture(page)

    page.keyboard.press("r")
    store = page.get_attribute("#reject [value=STORE_NOT_ELIGIBLE]", "data-digit")
    assert store is not None, "its key depends on how often it was given"
    page.keyboard.press(store)
    page.wait_for_function("() => document.activeElement.matches('input:not([type=checkbox])')")
    page.keyboard.type("Corner Shop")
    page.keyboard.press("Tab")
    page.keyboard.type("Nordlicht Market")
    page.wait_for_selector("#reject .preview:not([hidden])")
    page.wait_for_function(
        "() => document.querySelector('#reject .preview').textContent.includes('Nordlicht Market')"
    )
    seen(page, "desk-reasons")
    page.keyboard.press("Enter")
    wait_for_other(page, second)
    page.wait_for_function("() => document.getElementById('said').textContent.includes('rejected')")
    page.wait_for_selector("#said form")
    assert status_of(embedded, UUID(second)) == "rejected"

    page.keyboard.press("u")
    page.wait_for_function("(id) => document.getElementById('desk')?.dataset.id === id", arg=second)
    assert status_of(embedded, UUID(second)) == "pending_review"
    assert not embedded.rows(
        "SELECT 1 FROM mail_mail WHERE submission_id = ? AND kind = 'rejected' "
        "AND state IN ('sent', 'delivered')",
        (UUID(second).hex,),
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_who_decides_second_is_told_who_was_first_and_led_back(
    request: pytest.FixtureRequest, embedded: Installation, width: str
) -> None:
    page: Page = request.getfixturevalue(width)
    clear_desk(embedded)
    for _ in range(2):
        send_entry(embedded)
    let_in(page, embedded, "mo")
    here = open_next(page, embedded)
    reference = (page.text_content(".reference") or "").strip()
    embedded.python(
        "from campaigns.accounts.models import User\n"
        "from submissions.review.services.decisions import approve_submission\n"
        f"approve_submission('{here}', actor=User.objects.get(username='olivia'), at=timezone.now())\n"
    )
    page.keyboard.press("a")
    wait_for_other(page, here)
    page.wait_for_selector("#said .error a")
    said = page.text_content("#said") or ""
    assert f"already approved {reference}. Your decision wasn't saved." in said
    assert said.startswith("Olivia")
    seen(page, "desk-decided-by-another")
    page.click("#said .error a")
    page.wait_for_function("(id) => document.getElementById('desk')?.dataset.id === id", arg=here)
    assert status_of(embedded, UUID(here)) == "approved"


def test_a_decision_that_was_not_saved_stays_said_beside_the_undo_of_the_next(
    desktop: "Page", embedded: Installation
) -> None:
    clear_desk(embedded)
    for _ in range(3):
        send_entry(embedded)
    let_in(desktop, embedded, "mo")
    first = open_next(desktop, embedded)
    lost = [True]
    desktop.route(
        "**/change/",
        lambda route: (
            route.abort()
            if lost and lost.pop() and route.request.method == "POST"
            else route.continue_()
        ),
    )
    desktop.keyboard.press("a")
    second = wait_for_other(desktop, first)
    desktop.wait_for_selector("#said .error")
    desktop.keyboard.press("a")
    wait_for_other(desktop, second)
    desktop.wait_for_selector("#said form")
    assert "We couldn't save your decision" in (desktop.text_content("#said .error") or "")
    assert (status_of(embedded, UUID(first)), status_of(embedded, UUID(second))) == (
        "pending_review",
        "approved",
    )


def test_a_reason_is_needed_and_escape_closes_the_list(
    desktop: "Page", embedded: Installation
) -> None:
    clear_desk(embedded)
    send_entry(embedded)
    let_in(desktop, embedded, "mo")
    here = open_next(desktop, embedded)
    desktop.keyboard.press("s")
    desktop.wait_for_selector("#ask_again[open]")
    desktop.keyboard.press("Enter")
    desktop.wait_for_selector("#ask_again .trouble:not([hidden])")
    desktop.keyboard.press("Escape")
    desktop.wait_for_selector("#ask_again:not([open])")
    assert shown(desktop) == here
    assert status_of(embedded, UUID(here)) == "pending_review"

    # In one's own words: a field of its own, for the note is for staff.
    desktop.keyboard.press("r")
    desktop.check("#reject [value=OTHER]")
    desktop.fill("#reject [name=note]", "A known till.")
    desktop.press("#reject [name=note]", "Enter")
    desktop.wait_for_selector("#reject .trouble:not([hidden])")
    desktop.wait_for_selector("#reject [name=message]:focus")
    desktop.keyboard.type("Its total is covered.")
    desktop.wait_for_selector("#reject .preview:not([hidden])")
    assert "A known till." not in (desktop.text_content("#reject .preview") or "")
    seen(desktop, "desk-own-words")
    desktop.keyboard.press("Enter")
    desktop.wait_for_function(
        "() => document.getElementById('said').textContent.includes('reject')"
    )
    wait_until(lambda: status_of(embedded, UUID(here)) == "rejected", what="the verdict")


def test_the_picture_fits_and_zooms_to_the_pixel_under_the_pointer(
    desktop: "Page", embedded: Installation
) -> None:
    submission_id = send_entry(embedded, photos=2)
    let_in(desktop, embedded, "mo")
    desktop.goto(f"{embedded.facts['admin']}submissions/submission/{submission_id}/change/")
    desktop.wait_for_selector(".stage.live")
    wait_for_picture(desktop)
    image, pane = ".shot:not([hidden]) .pane img", ".shot:not([hidden]) .pane"
    whole, room = box(desktop, image), box(desktop, pane)
    assert whole["height"] <= room["height"] + 1
    assert whole["height"] > room["height"] * 0.95 or whole["width"] > room["width"] * 0.95

    x, y = whole["x"] + whole["width"] * 0.3, whole["y"] + whole["height"] * 0.2
    desktop.mouse.move(x, y)
    desktop.mouse.wheel(0, -600)
    desktop.wait_for_function(
        "([s, h]) => document.querySelector(s).getBoundingClientRect().height > h * 1.5",
        arg=[image, whole["height"]],
    )
    large = box(desktop, image)
    assert (x - large["x"]) / large["width"] == pytest.approx(0.3, abs=0.01)
    assert (y - large["y"]) / large["height"] == pytest.approx(0.2, abs=0.01)

    desktop.keyboard.press("t")
    turned = box(desktop, image)
    assert turned["width"] > turned["height"]
    desktop.keyboard.press("c")
    assert desktop.get_attribute("[data-tool=contrast]", "aria-pressed") == "true"
    desktop.keyboard.press("ArrowRight")
    assert desktop.get_attribute("[data-shot='1']", "aria-current") == "true"
    desktop.keyboard.press("1")
    assert desktop.get_attribute("[data-shot='0']", "aria-current") == "true"
    take_screenshot(desktop, "desk-photos")


def test_pictures_that_come_meanwhile_are_shown_as_it_was_set(
    desktop: "Page", embedded: Installation
) -> None:
    submission_id, send_photos = send_before_photos(embedded, photos=2)
    let_in(desktop, embedded, "mo")
    desktop.goto(f"{embedded.facts['admin']}submissions/submission/{submission_id}/change/")
    desktop.wait_for_selector(".stage.live")
    for key in ("2", "t", "c"):
        desktop.keyboard.press(key)
    desktop.focus("[data-shot='1']")
    send_photos()
    desktop.wait_for_function(
        "() => !document.querySelector('[data-missing]')", timeout=PATIENCE_MS
    )
    wait_for_picture(desktop)
    assert desktop.get_attribute("[data-shot='1']", "aria-current") == "true"
    assert desktop.get_attribute("[data-tool=contrast]", "aria-pressed") == "true"
    turned = box(desktop, ".shot:not([hidden]) .pane img")
    assert turned["width"] > turned["height"]
    assert desktop.evaluate("document.activeElement.dataset.shot") == "1"


def test_the_keyboard_stays_on_a_tool_when_links_to_pictures_are_renewed(
    desktop: "Page", embedded: Installation
) -> None:
    submission_id = send_entry(embedded)
    let_in(desktop, embedded, "mo")
    desktop.goto(f"{embedded.facts['admin']}submissions/submission/{submission_id}/change/")
    desktop.wait_for_selector(".stage.live")
    before = desktop.query_selector(".stage")
    desktop.focus("[data-tool=turn]")
    desktop.evaluate("document.querySelector('.pane img').dispatchEvent(new Event('error'))")
    desktop.wait_for_function("stage => !stage.isConnected", arg=before)
    assert desktop.evaluate("document.activeElement.dataset.tool") == "turn"


def test_the_keyboard_stays_on_approve_when_the_photo_comes(
    desktop: "Page", embedded: Installation
) -> None:
    submission_id, send_photos = send_before_photos(embedded)
    let_in(desktop, embedded, "mo")
    desktop.goto(f"{embedded.facts['admin']}submissions/submission/{submission_id}/change/")
    desktop.focus("#approve summary")
    send_photos()
    desktop.wait_for_selector("form[data-approve]", timeout=PATIENCE_MS)
    assert desktop.evaluate("document.activeElement.dataset.key") == "a"


def test_without_javascript_the_forms_still_decide(
    browser: "Browser", desktop: "Page", embedded: Installation
) -> None:
    for _ in range(2):
        send_entry(embedded)
    let_in(desktop, embedded, "mo")
    context = browser.new_context(
        java_script_enabled=False, storage_state=desktop.context.storage_state()
    )
    page = context.new_page()
    page.goto(f"{embedded.facts['admin']}submissions/submission/next/")
    first = shown(page)
    page.click("text=Approve")
    assert shown(page) != first
    assert "approved." in (page.text_content("#said") or "")
    assert status_of(embedded, UUID(first)) == "approved"
    second = shown(page)
    page.click("#ask_again summary")
    page.check("#ask_again [value=ILLEGIBLE]")
    page.click("#ask_again button")
    assert status_of(embedded, UUID(second)) == "needs_resubmission"
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_list_is_walked_by_keyboard_to_an_entry_that_is_approved_without_a_photo(
    request: pytest.FixtureRequest, embedded: Installation, width: str
) -> None:
    page: Page = request.getfixturevalue(width)
    send_entry(embedded, arrive=False)
    let_in(page, embedded, "mo")
    page.goto(f"{embedded.facts['admin']}submissions/submission/")
    page.wait_for_selector("#result_list .data-row")
    seen(page, "submissions")
    wanted = page.text_content("#result_list .data-row small") or ""
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#desk[data-id] .stage.live")
    assert wanted.split(" ")[0] in (page.text_content(".reference") or "")
    assert "hasn't arrived yet" in (page.text_content(".stage") or "")
    take_screenshot(page, "desk-photo-missing")

    here = UUID(page.get_attribute("#desk", "data-id") or "")
    page.keyboard.press("a")
    page.wait_for_selector("#approve[open] textarea:focus")
    seen(page, "desk-approve-without-photo")
    assert status_of(embedded, here) == "pending_review", "one press warns"
    page.keyboard.type("The till roll was shown to us.")
    page.keyboard.press("Enter")
    page.wait_for_selector("#said form")
    wait_until(lambda: status_of(embedded, here) == "approved", what="the verdict with its note")
