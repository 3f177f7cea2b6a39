"""A state beside the page that nobody can read, or that is old: the page knows its own dates, and what it read before."""

from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from ingest_lambda.contract import PageState
from tests.browser.lines import FAULTS, PORTAL, Line, answer, cut
from tests.browser.rendered import SITE, serve
from tests.browser.visiting import answer_state, now, open_form
from tests.campaigns.pages import make_content

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_an_unreadable_state_is_none_and_the_form_opens_by_its_own_dates(phone: "Page") -> None:
    serve(
        phone, make_content(opens_at=now().replace(year=2020), closes_at=now().replace(year=2120))
    )
    line = Line(phone, "**/state.json", FAULTS)
    phone.clock.install(time=now())
    open_form(phone, SITE)
    assert len(line.met) == 1
    # Nothing was ever read, so each of the others is met as the first was: by a page that knows no state.
    for _ in range(40 * len(FAULTS)):
        if len(line.met) == len(FAULTS):
            break
        phone.clock.fast_forward(22_000)
        phone.wait_for_timeout(10)
        assert phone.is_visible("#form"), line.met[-1]
        assert phone.is_hidden("#notice"), line.met[-1]
    assert line.met == list(FAULTS)
    assert phone.is_visible("#form")
    assert phone.locator("#fallback").count() == 0


def test_a_state_that_a_proxy_kept_for_days_turns_no_clock_back(phone: "Page") -> None:
    serve(
        phone, make_content(opens_at=now().replace(year=2020), closes_at=now() + timedelta(days=9))
    )
    dates = {"opens_at": now() - timedelta(hours=1), "closes_at": now() + timedelta(days=9)}
    body = PageState.model_validate({"state": "live", "release": 1, **dates}).model_dump_json()
    kept = {
        "Date": format_datetime(now() - timedelta(days=2), usegmt=True),
        "Age": str(2 * 86_400),
        "Content-Type": "application/json",
    }
    phone.route("**/state.json", lambda route: route.fulfill(body=body, headers=kept))
    open_form(phone, SITE)


def test_an_unreadable_state_opens_no_form_whose_own_dates_are_over(phone: "Page") -> None:
    serve(
        phone, make_content(opens_at=now().replace(year=2020), closes_at=now().replace(year=2021))
    )
    phone.route("**/state.json", answer(200, PORTAL))
    phone.goto(SITE)
    phone.locator("#notice", has_text="has closed").wait_for()
    assert phone.is_hidden("#form")


def test_a_state_that_was_read_once_holds_while_the_line_is_down(phone: "Page") -> None:
    serve(phone, make_content(closes_at=now().replace(year=2120)))
    answer_state(phone, "paused")
    phone.clock.install(time=now())
    phone.goto(SITE)
    phone.locator("#notice", has_text="is paused").wait_for()
    asked: list[str] = []
    phone.on("requestfailed", lambda request: asked.append(request.url))
    phone.route("**/state.json", cut)
    for _ in range(60):
        phone.clock.run_for(1_000)
    assert len(asked) >= 2
    assert phone.is_hidden("#form")
