"""A line that drops, and all that answers in our place: nothing is lost, it is said, and it goes on by itself.

Only the contract's own JSON under its own status is an answer.
"""

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ingest_lambda.contract import SubmitRequest
from tests.browser.lines import FAULTS, Line, answer, cut, says
from tests.browser.rendered import BUCKET, SITE, serve
from tests.browser.visiting import (
    START,
    STATUS,
    SUBMISSION,
    SUBMIT,
    add_photo,
    answer_problem,
    answer_status,
    mail_link,
    now,
    open_form,
    outcome,
    send,
    status,
    uploaded,
)
from tests.campaigns.pages import make_content
from tests.support.browsers import assert_accessible, take_screenshot
from tests.support.examples import in_soak
from tests.support.installation import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser

TOLD = {"submission_id": str(SUBMISSION), "status": "pending_review", "reference": "K7M4-2QXD"}
BUSY = {"server away", "server busy", "too many"}
CUT = {"line cut", "line reset", "name not found", "redirected to a login page", "moved for ever"}


def draft(page: "Page") -> dict[str, object]:
    """Return what this tab keeps."""
    kept = page.evaluate("localStorage.getItem(sessionStorage.getItem('campaign:summer:form:tab'))")
    found: dict[str, object] = json.loads(kept or "{}")
    return found


def fill(page: "Page", *, email: str = "ada@example.com") -> None:
    page.fill("#f-email", email)
    page.check("#f-accept_rules")


def ready(page: "Page") -> None:
    """Open the form, and fill all of it in."""
    serve(page, make_content())
    open_form(page, SITE)
    add_photo(page, 1)
    uploaded(page)
    fill(page)


def said(page: "Page", fault: str) -> None:
    """Wait until the page says what it met."""
    expected = (
        "try again in" if fault in BUSY else "No connection" if fault in CUT else "in our place"
    )
    page.locator("#line", has_text=expected).wait_for()


def test_an_entry_counts_as_sent_only_by_our_own_words(phone: "Page") -> None:
    ready(phone)
    sent: list[str] = []
    phone.on("request", lambda r: sent.append(r.post_data or "") if SUBMIT.search(r.url) else None)
    nearly = {
        "accepted with another word": says(202, {"status": "accepted"}),
        "our word under another status": says(200, {"status": "received"}),
        "our word in a list": says(202, [{"status": "received"}]),
    }
    line = Line(phone, SUBMIT, FAULTS | nearly)
    send(phone)
    for fault in line.each():
        said(phone, fault)
        assert phone.is_hidden("#done"), fault
        assert draft(phone)["answers"]["email"] == "ada@example.com"  # type: ignore[index]
        assert draft(phone)["photos"], fault
        assert phone.inner_text(".send") == "Sending…"
        if fault == "captive portal":
            phone.set_viewport_size({"width": 1440, "height": 900})
            assert_accessible(phone)
            take_screenshot(phone, "page-captive-portal")
            phone.set_viewport_size({"width": 390, "height": 844})
            take_screenshot(phone, "page-captive-portal")
    outcome(phone, "pending_review")
    assert line.met == [*FAULTS, *nearly]
    assert len({SubmitRequest.model_validate_json(body).token for body in sent}) == 1
    assert len(set(sent)) == 1, "the same entry again, to the letter"


def test_a_session_begins_only_by_our_own_words(phone: "Page") -> None:
    serve(phone, make_content())
    open_form(phone, SITE)
    whole = {
        "submission_id": str(SUBMISSION),
        "reference": "K7M4-2QXD",
        "attempt": 1,
        "token": "t" * 40,
        "expires_at": "2126-01-01T00:00:00Z",
        "uploads": [],
    }
    nearly = {
        f"without {name}": says(200, {key: value for key, value in whole.items() if key != name})
        for name in whole
    } | {"no time": says(200, whole | {"expires_at": "soon"})}
    line = Line(phone, START, FAULTS | nearly)
    phone.fill("#f-email", "ada@example.com")
    for fault in line.each():
        said(phone, fault)
        assert not draft(phone).get("session"), fault
    phone.locator("#line:empty").wait_for(state="attached")
    assert line.met == [*FAULTS, *nearly]


def test_what_became_of_an_entry_is_told_only_by_our_own_words(phone: "Page") -> None:
    ready(phone)
    nearly = {
        "of another entry": says(
            200, {"submission_id": "0", "status": "approved", "reference": "K7M4-2QXD"}
        ),
        "without a status": says(200, {"submission_id": str(SUBMISSION), "reference": "K7M4"}),
        "with a reason that is none": says(200, TOLD | {"reasons": [None]}),
        "with a photo that is a word": says(200, TOLD | {"images": ["taken"]}),
    }
    line = Line(phone, STATUS, FAULTS | nearly)
    send(phone)
    for fault in line.each():
        said(phone, fault)
        assert "We have your entry." in phone.inner_text("#done"), "that much is sure"
        kept = draft(phone)
        assert kept["photos"], fault
        assert kept["answers"], fault
    outcome(phone, "pending_review")
    wait_until(
        lambda: [draft(phone)[what] for what in ("photos", "answers")] == [[], {}],
        what="now that it is known to be safe, the draft is forgotten",
    )


def test_behind_a_mails_link_a_line_that_is_down_is_said_as_well(phone: "Page") -> None:
    serve(phone, make_content())
    phone.route(STATUS, cut)
    phone.goto(mail_link(SITE, "summer"))
    phone.locator("#line", has_text="No connection. Keep this page open").wait_for()
    assert phone.locator("#fallback").count() == 0
    answer_status(phone, status("approved", received_at=now()))
    phone.evaluate("dispatchEvent(new Event('online'))")
    outcome(phone, "approved")


def test_a_photo_is_with_us_only_by_the_stores_own_word(phone: "Page") -> None:
    serve(phone, make_content())
    open_form(phone, SITE)
    line = Line(phone, BUCKET, FAULTS)
    add_photo(phone, 1)
    for fault in line.each_silent():
        assert phone.locator(".thumb").count() == 1, fault
        assert "uploaded" not in phone.inner_text(".card").lower(), fault
        assert not draft(phone)["photos"][0].get("done"), fault  # type: ignore[index]
    # After the last of them it may be given up until the line comes back.
    phone.evaluate("setInterval(() => dispatchEvent(new Event('online')), 100)")
    uploaded(phone)
    assert line.met == list(FAULTS)
    assert phone.inner_text("#line") == ""


@pytest.mark.parametrize("fault", ["line cut", "captive portal", *in_soak("no content")])
def test_a_photo_that_does_not_arrive_says_why(phone: "Page", fault: str) -> None:
    serve(phone, make_content())
    open_form(phone, SITE)
    line = Line(phone, BUCKET, {fault: FAULTS[fault]})
    add_photo(phone, 1)
    for met in line.each():
        said(phone, met)
        assert phone.locator(".ring").count() == 1
        assert "waiting for a connection" in phone.inner_text(".card"), (
            "what stands below may be out of sight"
        )
    uploaded(phone)


def test_a_refusal_called_as_what_every_object_has_is_said_like_any_other(phone: "Page") -> None:
    ready(phone)
    answer_problem(phone, SUBMIT, 422, "constructor")
    send(phone)
    phone.locator("#notice", has_text="Something went wrong on our side").wait_for()
    assert draft(phone)["photos"]


@pytest.mark.parametrize("asked", [1e12, *in_soak(-5, "soon")])
def test_however_soon_or_late_an_answer_wants_to_be_asked_again_it_is_within_minutes(
    phone: "Page", asked: object
) -> None:
    ready(phone)
    phone.clock.install(time=now())
    told: list[str] = []
    phone.on("request", lambda r: told.append(r.url) if STATUS.search(r.url) else None)
    phone.route(STATUS, says(200, TOLD | {"poll_after_seconds": asked}))
    send(phone)
    outcome(phone, "pending_review")
    phone.clock.run_for(500)
    assert len(told) == 1
    phone.clock.fast_forward(133_000)
    phone.wait_for_function("() => document.querySelector('.later')")


def test_a_status_that_the_page_has_no_words_for_yet_is_an_entry_that_waits(phone: "Page") -> None:
    ready(phone)
    phone.route(STATUS, says(200, TOLD | {"status": "weighed"}))
    with phone.expect_response(STATUS):
        send(phone)
    outcome(phone, "queued")
    phone.locator("#line:empty").wait_for(state="attached")
    assert "We have your entry." in phone.inner_text("#done")
    assert draft(phone)["photos"], "kept until it is known what became of it"


@pytest.mark.parametrize("asked", ["-5", "soon", *in_soak("0.001", "0")])
def test_whatever_a_busy_server_asks_for_nobody_comes_back_at_once(
    phone: "Page", asked: str
) -> None:
    serve(phone, make_content())
    open_form(phone, SITE)
    met: list[str] = []

    def busy(route: "Route") -> None:
        met.append(asked)
        answer(503, Retry_After=asked)(route)

    phone.route(START, busy)
    # The page's own time, however long the machine takes.
    phone.clock.install(time=now())
    phone.clock.pause_at(now() + timedelta(seconds=1))
    phone.fill("#f-email", "ada@example.com")
    told = phone.locator("#line", has_text="try again in")
    for _ in range(200):
        if told.is_visible():
            break
        phone.clock.run_for(20)
    phone.clock.run_for(300)
    assert told.is_visible()
    assert len(met) == 1


FORMS = {
    "none": None,
    "a word": "x",
    "without an address": {
        "field": "receipt",
        "receipt": 1,
        "part": 1,
        "url": "http://[",
        "fields": {},
    },
}


@pytest.mark.parametrize("form", ["without an address", *in_soak("none", "a word")])
def test_a_form_that_cannot_be_sent_is_asked_for_again(phone: "Page", form: str) -> None:
    serve(phone, make_content())
    open_form(phone, SITE)
    begun = {"reference": "K7M4-2QXD", "attempt": 1, "token": "t" * 40, "uploads": [FORMS[form]]}
    whole = {"submission_id": str(SUBMISSION), "expires_at": "2126-01-01T00:00:00Z", **begun}
    line = Line(phone, START, {"nearly": says(200, whole)})
    add_photo(phone, 1)
    for _fault in line.each():
        assert phone.locator(".ring").count() == 1
    uploaded(phone)


def test_an_upload_in_which_nothing_moves_for_a_minute_is_begun_again(phone: "Page") -> None:
    serve(phone, make_content())
    phone.clock.install(time=now())
    open_form(phone, SITE)
    held: list[Route] = []

    def hold(route: "Route") -> None:
        held.append(route)

    phone.route(BUCKET, hold)
    with phone.expect_request(BUCKET):
        add_photo(phone, 1)
        phone.clock.run_for(3_000)
    phone.unroute(BUCKET, hold)
    phone.clock.run_for(61_000)
    phone.clock.resume()
    uploaded(phone)


@pytest.mark.parametrize("more", [".", "&utm_source=mail", *in_soak("&gt;", "%3E", "%20")])
def test_what_a_mail_program_puts_behind_a_link_is_no_part_of_it(phone: "Page", more: str) -> None:
    serve(phone, make_content())
    address = mail_link(SITE, "summer")
    with phone.expect_request(STATUS) as asked:
        phone.goto(address + more)
    assert asked.value.headers["authorization"] == f"Bearer {address.split('#')[1]}"
    outcome(phone, "pending_review")
