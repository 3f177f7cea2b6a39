"""Drafts that survive: two tabs, a tab that is duplicated, a file that changes or vanishes, a slip that is mended."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ingest_lambda.contract import ReasonCode, StartRequest, SubmitRequest
from tests.browser.rendered import BUCKET, SITE, serve
from tests.browser.visiting import (
    OPEN_TO_ALL,
    START,
    SUBMIT,
    add_photo,
    answer_status,
    now,
    open_form,
    outcome,
    send,
    shown,
    status,
    uploaded,
)
from tests.campaigns.pages import make_content
from tests.support.browsers import assert_accessible, take_screenshot
from tests.support.receipts import receipt_bytes

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

pytestmark = pytest.mark.browser

TAB = "campaign:summer:form:tab"
KEEPS_NO_FILE = """() => new Promise((settle) => {
  const asked = indexedDB.open("campaign-photos");
  asked.onsuccess = () => {
    const keys = asked.result.transaction("files").objectStore("files").getAllKeys();
    keys.onsuccess = () => settle(keys.result.length === 0);
  };
})"""


def served(page: "Page") -> "Page":
    serve(page, make_content(closes_at=now().replace(year=now().year + 1)))
    return page


def opened(page: "Page") -> "Page":
    """Open the form in a tab."""
    open_form(served(page), SITE)
    return page


@contextmanager
def another_tab(page: "Page") -> "Iterator[Page]":
    """Open the form in a second tab of the same browser."""
    other = page.context.new_page()
    yield opened(other)
    other.close()


def starts(page: "Page") -> list[StartRequest]:
    """Return the starts that this page asks for from now on."""
    asked: list[StartRequest] = []

    def note(request: "Request") -> None:
        if START.search(request.url) and request.method == "POST":
            asked.append(StartRequest.model_validate_json(request.post_data or ""))

    page.on("request", note)
    return asked


def kept(page: "Page") -> dict[str, Any]:
    """Return the draft of a tab."""
    found: dict[str, Any] = json.loads(
        page.evaluate(f"localStorage.getItem(sessionStorage.getItem('{TAB}'))") or "{}"
    )
    return found


def test_two_tabs_keep_two_drafts_also_over_a_reload(phone: "Page") -> None:
    opened(phone).fill("#f-email", "ada@example.com")
    with another_tab(phone) as other:
        other.fill("#f-email", "bob@example.com")
        phone.check("#f-accept_rules")
        for tab, email in ((phone, "ada@example.com"), (other, "bob@example.com")):
            tab.reload()
            tab.wait_for_selector("#form:not([hidden])")
            assert tab.input_value("#f-email") == email
        assert phone.is_checked("#f-accept_rules")
        assert not other.is_checked("#f-accept_rules")


def test_a_duplicated_tab_has_a_draft_of_its_own(phone: "Page") -> None:
    opened(phone).fill("#f-email", "ada@example.com")
    mine = phone.evaluate(f"sessionStorage.getItem('{TAB}')")
    other = phone.context.new_page()
    other.add_init_script(
        f"if (!sessionStorage.getItem('copied')) {{ sessionStorage.setItem('{TAB}', '{mine}'); sessionStorage.setItem('copied', 1); }}"
    )
    opened(other)
    assert other.evaluate(f"sessionStorage.getItem('{TAB}')") != mine
    assert other.input_value("#f-email") == ""
    other.fill("#f-email", "bob@example.com")
    phone.reload()
    phone.wait_for_selector("#form:not([hidden])")
    assert phone.input_value("#f-email") == "ada@example.com"
    other.close()


def test_what_an_open_tab_has_begun_is_offered_and_of_it_the_answers_alone(phone: "Page") -> None:
    opened(phone).fill("#f-email", "ada@example.com")
    add_photo(phone, 1)
    uploaded(phone)
    with another_tab(phone) as other:
        assert other.input_value("#f-email") == "", "not imposed"
        other.locator("#earlier").wait_for()
        other.click("text=Continue that entry")
        other.wait_for_selector("#form:not([hidden])")
        other.wait_for_function("() => document.getElementById('f-email').value !== ''")
        assert other.input_value("#f-email") == "ada@example.com"
        assert other.locator(".card").count() == 0
        assert kept(other).get("session") is None, "two tabs never send one entry"
    assert kept(phone)["session"] is not None


def test_what_a_closed_tab_left_is_offered_whole(phone: "Page") -> None:
    with another_tab(phone) as gone:
        gone.fill("#f-email", "ada@example.com")
        gone.check("#f-accept_rules")
        add_photo(gone, 1)
        uploaded(gone)
    opened(phone)
    phone.locator("#earlier").wait_for()
    assert "ada@" not in phone.inner_text("body"), "whose it was is not told"
    assert_accessible(phone)
    take_screenshot(phone, "page-earlier-draft")
    phone.set_viewport_size({"width": 1440, "height": 900})
    take_screenshot(phone, "page-earlier-draft")
    phone.click("text=Continue that entry")
    uploaded(phone)
    assert phone.input_value("#f-email") == "ada@example.com"
    assert phone.locator(".thumb img").count() == 1
    asked = starts(phone)
    send(phone)
    outcome(phone, "pending_review")
    assert asked == [], "its session and its photo are still good"


def test_an_offer_that_is_declined_comes_back_until_something_else_is_begun(phone: "Page") -> None:
    with another_tab(phone) as gone:
        gone.fill("#f-email", "ada@example.com")
        add_photo(gone, 1)
        uploaded(gone)
    opened(phone).click("text=Start a new one")
    assert phone.is_hidden("#earlier")
    phone.reload()
    phone.click("text=Start a new one")
    phone.fill("#f-email", "b")
    assert "ada@" not in phone.evaluate("JSON.stringify(localStorage)")
    phone.wait_for_function(KEEPS_NO_FILE)
    phone.reload()
    phone.wait_for_selector("#form:not([hidden])")
    assert phone.input_value("#f-email") == "b"
    assert phone.is_hidden("#earlier")


def test_an_offer_that_is_typed_past_is_kept_for_whoever_began_it(phone: "Page") -> None:
    with another_tab(phone) as gone:
        gone.fill("#f-email", "ada@example.com")
    opened(phone).locator("#earlier").wait_for()
    phone.fill("#f-email", "b")
    assert phone.is_hidden("#earlier")
    assert "ada@" in phone.evaluate("JSON.stringify(localStorage)")


def test_declining_what_an_open_tab_has_begun_takes_nothing_from_it(phone: "Page") -> None:
    opened(phone).fill("#f-email", "ada@example.com")
    with another_tab(phone) as other:
        other.click("text=Start a new one")
        other.fill("#f-email", "bob@example.com")
    assert kept(phone)["answers"]["email"] == "ada@example.com"


def test_once_an_entry_is_with_us_the_browser_keeps_nobodys_address(phone: "Page") -> None:
    opened(phone).fill("#f-email", "ada@example.com")
    phone.check("#f-accept_rules")
    add_photo(phone, 1)
    uploaded(phone)
    send(phone)
    outcome(phone, "pending_review")
    assert "ada@example.com. Wrong? Tell us" in phone.inner_text("#done")
    assert phone.get_attribute("#done a", "href") == "mailto:help@example.com?subject=K7M4-2QXD"
    everything = "JSON.stringify([localStorage, sessionStorage])"
    assert "ada@" not in phone.evaluate(everything)
    phone.reload()
    outcome(phone, "pending_review")
    assert "ada@" not in phone.inner_text("#done")


def test_an_entry_that_was_sent_in_another_tab_is_named_and_the_form_is_free(
    phone: "Page",
) -> None:
    with another_tab(phone) as gone:
        gone.fill("#f-email", "ada@example.com")
        gone.check("#f-accept_rules")
        add_photo(gone, 1)
        uploaded(gone)
        send(gone)
        outcome(gone, "pending_review")
    opened(phone).locator("#earlier", has_text="K7M4-2QXD").wait_for()
    assert phone.is_visible("#form")
    link = phone.get_attribute("#earlier a", "href") or ""
    assert link.startswith("./status/#")


def test_a_draft_of_another_campaign_or_of_long_ago_is_not_offered(phone: "Page") -> None:
    served(phone)
    phone.add_init_script(
        """const draft = (at) => JSON.stringify({ answers: { email: "ada@example.com" }, photos: [], at });
        localStorage.setItem("campaign:summer:form:old", draft(Date.now() - 31 * 86400e3));
        localStorage.setItem("campaign:summer-2:form:x", draft(Date.now()));
        localStorage.setItem("campaign:summer:form", JSON.stringify(null));"""
    )
    with phone.expect_response("**/drafts.js"):
        open_form(phone, SITE)
    phone.wait_for_function("() => !localStorage.getItem('campaign:summer:form:old')")
    assert phone.is_hidden("#earlier")
    assert phone.evaluate("localStorage.getItem('campaign:summer-2:form:x')")


# ------------------------------------------------------------------ files


@pytest.mark.parametrize("fate", ["changed", "vanished"])
def test_a_file_is_sent_as_it_was_when_it_was_chosen(
    phone: "Page", tmp_path: Path, fate: str
) -> None:
    file = tmp_path / "receipt.jpg"
    file.write_bytes(receipt_bytes(1))
    opened(phone)
    asked = starts(phone)
    phone.route(BUCKET, lambda route: route.abort())
    phone.set_input_files("#f-receipt", file)
    phone.locator("#line", has_text="No connection").wait_for()
    file.write_bytes(b"another picture") if fate == "changed" else file.unlink()
    bodies: list[bytes] = []

    def take(route: "Route") -> None:
        bodies.append(route.request.post_data_buffer or b"")
        route.fulfill(status=201, headers=OPEN_TO_ALL)

    phone.route(BUCKET, take)
    phone.evaluate("dispatchEvent(new Event('online'))")
    uploaded(phone)
    assert asked[-1].uploads[0].sha256 == hashlib.sha256(receipt_bytes(1)).hexdigest()
    assert len(bodies) == 1
    assert not bodies[0] or receipt_bytes(1) in bodies[0], "Chromium shows a body or nothing of it"


@pytest.mark.parametrize("fate", ["changed", "vanished"])
def test_one_that_cannot_be_read_any_more_is_asked_for_again_in_words(
    phone: "Page", tmp_path: Path, fate: str
) -> None:
    file = tmp_path / "receipt.jpg"
    file.write_bytes(receipt_bytes(1))
    phone.add_init_script(
        """addEventListener("change", (event) => {
          if (event.target.type !== "file" || window.late) return;
          event.stopImmediatePropagation();
          window.late = () => event.target.dispatchEvent(new Event("change", { bubbles: true }));
        }, true);"""
    )
    opened(phone)
    phone.set_input_files("#f-receipt", file)
    file.write_bytes(receipt_bytes(2) * 2) if fate == "changed" else file.unlink()
    phone.evaluate("late()")
    phone.locator(".photos .error", has_text="choose it again").wait_for()
    assert phone.inner_text("#line") == ""
    assert phone.is_visible(".drop")
    add_photo(phone, 3)
    uploaded(phone)
    assert phone.locator(".photos .error:visible").count() == 0


def test_a_kept_copy_that_the_phone_took_away_is_no_line_that_is_down(phone: "Page") -> None:
    opened(phone)
    phone.route(BUCKET, lambda route: route.abort())
    phone.evaluate(
        """() => { const { arrayBuffer } = Blob.prototype; let read = 0;
          Blob.prototype.arrayBuffer = function () { return (read += 1) > 3 ? Promise.reject(new DOMException("gone", "NotFoundError")) : arrayBuffer.call(this); }; }"""
    )
    add_photo(phone, 1)
    phone.locator(".photos .error", has_text="choose it again").wait_for()
    assert phone.locator(".card").count() == 0


# ------------------------------------------------------------------ haste and the trap


def test_the_clock_of_haste_starts_with_the_first_touch_and_outlives_a_new_session(
    phone: "Page",
) -> None:
    opened(phone)
    asked = starts(phone)
    with phone.expect_request(START):
        phone.focus("#f-email")
    phone.fill("#f-email", "ada@example.com")
    phone.check("#f-accept_rules")
    add_photo(phone, 1)
    uploaded(phone)
    wrong = shown(ReasonCode.ANSWER_NOT_UNDERSTOOD, field="email", expected="name@example.com")
    answer_status(phone, status("invalid", reasons=(wrong,)))
    send(phone)
    phone.wait_for_selector("#summary:not([hidden])")
    phone.fill("#f-email", "ada@example.org")
    uploaded(phone)
    answer_status(phone, status("pending_review", received_at=now()))
    send(phone)
    outcome(phone, "pending_review")
    assert [(start.token is None, start.since is None) for start in asked[:1]] == [(True, True)]
    renewed = [start for start in asked[1:] if start.token is None]
    assert [start.since for start in renewed] == ["t" * 40]


def test_a_slip_that_has_no_place_of_its_own_is_said_at_the_top(phone: "Page") -> None:
    opened(phone)
    phone.evaluate(
        """() => { const hidden = document.createElement("input");
          Object.assign(hidden, { type: "hidden", name: "utm_source", value: "x" });
          Object.assign(hidden.dataset, { answer: "utm_source", kind: "hidden", routes: "" });
          document.getElementById("form").append(hidden); }"""
    )
    phone.fill("#f-email", "ada@example.com")
    phone.check("#f-accept_rules")
    add_photo(phone, 1)
    uploaded(phone)
    wrong = shown(ReasonCode.ANSWER_NOT_UNDERSTOOD, field="utm_source", expected="x")
    answer_status(phone, status("invalid", reasons=(wrong,)))
    send(phone)
    phone.locator("#notice").wait_for()
    assert phone.is_visible("#form")


def trap_sent(page: "Page") -> str:
    """Send, and return what the server gets of the trap."""
    with page.expect_request(SUBMIT) as request:
        send(page)
    return SubmitRequest.model_validate_json(request.value.post_data or "").trap


@pytest.mark.parametrize(
    ("filled", "sent"),
    [("ada@example.com", ""), ("", ""), ("https://spam.example", "https://spam.example")],
)
def test_the_trap_tells_nothing_of_who_has_a_program_fill_in_forms(
    phone: "Page", filled: str, sent: str
) -> None:
    opened(phone)
    phone.fill("#f-email", "ada@example.com")
    phone.check("#f-accept_rules")
    add_photo(phone, 1)
    uploaded(phone)
    phone.evaluate("(filled) => { document.getElementById('more').value = filled; }", filled)
    assert trap_sent(phone) == sent


@pytest.mark.parametrize("name", [":autofill", ":-webkit-autofill"])
def test_what_a_browser_filled_into_the_trap_by_itself_is_not_sent(
    phone: "Page", name: str
) -> None:
    phone.add_init_script(
        f"""const {{ matches }} = Element.prototype;
        Element.prototype.matches = function (selector) {{
          if (!selector.includes("autofill")) return matches.call(this, selector);
          if (selector !== {name!r}) throw new DOMException("unknown", "SyntaxError");
          return true;
        }};"""
    )
    opened(phone)
    phone.fill("#f-email", "ada@example.com")
    phone.check("#f-accept_rules")
    add_photo(phone, 1)
    uploaded(phone)
    phone.evaluate("document.getElementById('more').value = 'Lovelace Ltd'")
    assert trap_sent(phone) == ""
