"""Drafts that survive: two tabs, a tab that is duplicated, what a tab left when it was closed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.rendered import SITE, opened, serve, starts
from tests.browser.visiting import (
    add_photo,
    open_form,
    outcome,
    send,
    uploaded,
)
from tests.campaigns.pages import make_content
from tests.support.browsers import assert_accessible, take_screenshot

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TAB = "campaign:summer:form:tab"
KEEPS_NO_FILE = """() => new Promise((settle) => {
  const asked = indexedDB.open("campaign-photos");
  asked.onsuccess = () => {
    const keys = asked.result.transaction("files").objectStore("files").getAllKeys();
    keys.onsuccess = () => settle(keys.result.length === 0);
  };
})"""


@contextmanager
def another_tab(page: "Page") -> "Iterator[Page]":
    """Open the form in a second tab of the same browser."""
    other = page.context.new_page()
    yield opened(other)
    other.close()


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
    serve(phone, make_content())
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
