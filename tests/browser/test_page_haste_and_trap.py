"""What marks a robot: haste that outlives a session, and a trap that autofill may fill in."""

from typing import TYPE_CHECKING

import pytest

from ingest_lambda.contract import ReasonCode, SubmitRequest
from tests.browser.rendered import opened, starts
from tests.browser.visiting import (
    START,
    SUBMIT,
    add_photo,
    answer_status,
    now,
    outcome,
    send,
    shown,
    status,
    uploaded,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


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
