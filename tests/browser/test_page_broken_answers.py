"""Answers that arrive broken, or by an odd way, in each of the five calls: nothing is lost, and something is said."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ingest_lambda.contract import StartAnswer
from tests.browser.lines import Fault
from tests.browser.raw_lines import Spoken, broken_answers, late_answers, odd_answers, speaking
from tests.browser.rendered import BUCKET, SITE, serve
from tests.browser.visiting import (
    REFERENCE,
    START,
    STATUS,
    SUBMISSION,
    SUBMIT,
    add_photo,
    now,
    open_form,
    outcome,
    send,
    status,
    uploaded,
)
from tests.campaigns.pages import make_content
from tests.support.browsers import take_screenshot

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.soak]

BEGUN = StartAnswer(
    submission_id=SUBMISSION,
    reference=REFERENCE,
    attempt=1,
    token="t" * 40,
    expires_at=now().replace(year=now().year + 9),
    uploads=(),
).model_dump_json()
STATE = json.dumps(
    {
        "state": "live",
        "opens_at": "2020-01-01T00:00:00Z",
        "closes_at": "2120-01-01T00:00:00Z",
        "release": 1,
    }
)
TOLD = status("pending_review", received_at=now()).model_dump_json(exclude_none=True)
CALLS: dict[str, tuple[Any, int, str]] = {
    "start": (START, 200, BEGUN),
    "upload": (BUCKET, 201, "<PostResponse/>"),
    "submit": (SUBMIT, 202, '{"status":"received"}'),
    "status": (STATUS, 200, TOLD),
    "state": ("**/state.json", 200, STATE),
}
"""Each with its address, and the answer of ours."""
BY_ITS_BODY = ("two documents", "somebody's refusal")
"""The store's word is its status alone: what only its body says is between these two, and half of a packed one."""


def opened(page: "Page") -> None:
    # A page that the router handed over is of no address, and may not ask this machine without leave.
    page.context.grant_permissions(["local-network-access"])
    # It asks what became of a photo behind the form's back, and would meet faults that are nobody's.
    page.route("**/arrivals.js", lambda route: route.abort())
    year = now().year
    serve(
        page,
        make_content(opens_at=now().replace(year=2020), closes_at=now().replace(year=year + 1)),
    )
    open_form(page, SITE)


def filled(page: "Page") -> None:
    opened(page)
    add_photo(page, 1)
    uploaded(page)
    page.fill("#f-email", "ada@example.com")
    page.check("#f-accept_rules")


def kept(page: "Page") -> dict[str, Any]:
    """Return what this tab keeps."""
    draft = page.evaluate(
        "localStorage.getItem(sessionStorage.getItem('campaign:summer:form:tab'))"
    )
    found: dict[str, Any] = json.loads(draft or "{}")
    return found


def faults_of(call: str) -> dict[str, Spoken]:
    _address, code, ours = CALLS[call]
    faults = broken_answers(code, ours)
    if call == "upload":
        names = list(faults)
        by_body = names[names.index(BY_ITS_BODY[0]) : names.index(BY_ITS_BODY[1])]
        by_body.append("half of a gzip")
        faults = {name: said for name, said in faults.items() if name not in by_body}
    return faults


class Meeting:
    """A page's calls to one address, of which each of the first meets a fault; then whatever answered before answers."""

    def __init__(self, page: "Page", call: str, faults: dict[str, Fault]) -> None:
        self._page, self._faults = page, faults
        # A photo that the store refuses is tried again in silence, and then said to have failed.
        self._is_told_below = call != "upload"
        self._left, self._met = list(faults.items()), list[str]()
        page.route(CALLS[call][0], self._meet)

    def _meet(self, route: "Route") -> None:
        if not self._left:
            route.fallback()
            return
        name, fault = self._left.pop(0)
        self._met.append(name)
        fault(route)

    def __iter__(self) -> Iterator[str]:
        """Yield each fault as the page has said something after it; then bring the line back for good."""
        page = self._page
        for number, name in enumerate(self._faults):
            for _ in range(4_000):
                if len(self._met) > number:
                    break
                page.evaluate("dispatchEvent(new Event('online'))")
                page.wait_for_timeout(5)
            assert self._met[number] == name
            if self._is_told_below:
                page.locator("#line:not(:empty)").wait_for(timeout=25_000)
            yield name
            page.evaluate("document.getElementById('line').textContent = ''")
        page.evaluate("setInterval(() => dispatchEvent(new Event('online')), 100)")


SAID = ("try again in", "No connection", "in our place")


def is_not_taken_in(page: "Page", call: str, answers: dict[str, Spoken]) -> None:
    """Let each of these answers meet a call: nothing is lost, it is said, and then the call goes through."""
    opened(page) if call in ("start", "upload") else filled(page)
    with speaking(answers) as faults:
        steps = Meeting(page, call, faults)
        if call in ("start", "upload"):
            page.fill("#f-email", "ada@example.com")
        if call == "upload":
            add_photo(page, 1)
        elif call != "start":
            send(page)
        for name in steps:
            words = page.inner_text("#line")
            draft = kept(page)
            assert draft["answers"]["email"] == "ada@example.com", name
            if call == "upload":
                assert not draft["photos"][0].get("done"), name
                assert "received" not in page.inner_text(".card .quiet"), name
            else:
                assert any(said in words for said in SAID), (name, words)
            if call == "start":
                assert not draft.get("session"), name
                assert page.is_visible("#form"), name
            else:
                assert draft["photos"], name
            if call == "submit":
                assert page.is_hidden("#done"), name
            if call == "status":
                assert "We have your entry." in page.inner_text("#done"), name
            if name in ("half of a gzip", "a teapot", "too many, for ever"):
                take_screenshot(page, f"page-{call}-{name.replace(' ', '-').replace(',', '')}")
        if call == "start":
            page.wait_for_function(f"() => JSON.stringify(localStorage).includes('{REFERENCE}')")
        elif call == "upload":
            uploaded(page)
        else:
            outcome(page, "pending_review")


@pytest.mark.parametrize("call", ["start", "submit", "status", "upload"])
def test_nothing_that_arrives_broken_is_an_answer(phone: "Page", call: str) -> None:
    is_not_taken_in(phone, call, faults_of(call))


@pytest.mark.parametrize("call", ["start", "submit", "status"])
def test_what_never_ends_is_given_up_and_said(phone: "Page", call: str) -> None:
    """A photo is waited for as long as something moves; that a dead line is given up is told elsewhere."""
    _address, code, ours = CALLS[call]
    is_not_taken_in(phone, call, late_answers(code, ours))


@pytest.mark.parametrize("origin", [None, "https://other.example", "null", "*, *"])
def test_an_answer_that_is_for_other_origins_is_a_line_that_drops(
    phone: "Page", origin: str | None
) -> None:
    serve(phone, make_content(closes_at=now().replace(year=2120)), api="http://localhost:9/api")
    headers = {"Access-Control-Allow-Origin": origin} if origin else {}
    phone.route(START, lambda route: route.fulfill(body=BEGUN, headers=headers))
    open_form(phone, SITE)
    phone.fill("#f-email", "ada@example.com")
    phone.locator("#line", has_text="No connection").wait_for()
    assert not kept(phone).get("session")


def test_a_state_that_arrives_broken_is_none(phone: "Page") -> None:
    address, _code, _ours = CALLS["state"]
    opened(phone)
    with speaking(faults_of("state")) as faults:
        for name, fault in faults.items():
            phone.route(address, fault)
            with phone.expect_request(address):
                phone.goto(SITE)
            phone.wait_for_selector("#form:not([hidden])")
            assert phone.is_hidden("#notice"), name
            assert phone.locator("#fallback").count() == 0, name
            phone.unroute(address, fault)


@pytest.mark.parametrize("call", [call for call in CALLS if call != "upload"])
def test_an_answer_of_ours_counts_whatever_way_it_came(phone: "Page", call: str) -> None:
    address, code, ours = CALLS[call]
    with speaking(odd_answers(code, ours)) as answers:
        for name, answer in answers.items():
            opened(phone) if call in ("start", "state") else filled(phone)
            phone.route(address, answer)
            if call == "start":
                phone.fill("#f-email", "ada@example.com")
                phone.wait_for_function(
                    f"() => JSON.stringify(localStorage).includes('{REFERENCE}')"
                )
            elif call == "state":
                with phone.expect_response(address):
                    phone.reload()
                phone.wait_for_selector("#form:not([hidden])")
            else:
                send(phone)
                outcome(phone, "pending_review")
            assert phone.inner_text("#line") == "", name
            phone.unroute(address, answer)
            phone.evaluate("localStorage.clear(); sessionStorage.clear()")
