"""Every state of the campaign page: usable by everyone, and worth a look.

Each state is reached once and looked at as a phone, as a desktop, at 320 px and
in dark mode shows it: axe-core finds nothing against WCAG 2.2 AA, and nothing
scrolls aside.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ingest_lambda.contract import Purpose, ReasonCode, StatusAnswer
from tests.browser.visiting import (
    START,
    STATUS,
    SUBMIT,
    Held,
    add_photo,
    answer_problem,
    answer_state,
    answer_status,
    asked_again,
    fill_in,
    is_upload,
    mail_link,
    now,
    open_form,
    outcome,
    photo,
    send,
    shown,
    status,
    uploaded,
)
from tests.support.browsers import (
    BY_COLOUR,
    assert_accessible,
    assert_fits_window,
    take_screenshot,
)
from tests.support.installation import Installation

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]

Way = Callable[["Page", Installation, str], None]


def _address(embedded: Installation) -> str:
    address: str = embedded.campaign("summer-receipts")["page"]
    return address


def before_opening(page: "Page", _embedded: Installation, address: str) -> None:
    answer_state(page, "scheduled", opens_at=now() + timedelta(days=2))
    page.goto(address)
    page.wait_for_selector("body[data-door=opens]")
    assert "opens on" in page.inner_text("#notice")


def is_open(page: "Page", _embedded: Installation, address: str) -> None:
    open_form(page, address)
    page.click("summary")


def errors(page: "Page", _embedded: Installation, address: str) -> None:
    open_form(page, address)
    page.fill("#f-email", "ada@gmial.com")
    page.wait_for_selector(".offer button")
    send(page)
    page.wait_for_selector("#summary:not([hidden])")


def uploading(page: "Page", embedded: Installation, address: str) -> None:
    open_form(page, address)
    Held(page, is_upload(embedded.environment["BUCKET_NAME"]))
    add_photo(page, 1)
    page.wait_for_selector(".ring")


def upload_failed(page: "Page", _embedded: Installation, address: str) -> None:
    open_form(page, address)
    answer_problem(page, START, 422, "upload_refused")
    add_photo(page, 2)
    page.wait_for_selector(".card.lost")


def no_photo(page: "Page", _embedded: Installation, address: str) -> None:
    open_form(page, address)
    page.set_input_files("#f-receipt", photo(1, content=b"<svg>" + b" " * 100))
    page.wait_for_selector(".photos.wrong")


def several_photos(page: "Page", _embedded: Installation, address: str) -> None:
    open_form(page, address)
    add_photo(page, 3)
    uploaded(page)
    add_photo(page, 4, name="the-lower-half-of-a-very-long-receipt.jpg")
    uploaded(page, 2)


def sending(page: "Page", _embedded: Installation, address: str) -> None:
    _filled_in(page, address)
    Held(page, SUBMIT)
    send(page)
    page.wait_for_selector(".send[aria-disabled]")


def offline(page: "Page", _embedded: Installation, address: str) -> None:
    _filled_in(page, address)
    page.route(SUBMIT, lambda route: route.abort())
    send(page)
    page.locator("#line", has_text="No connection").wait_for()


def crowded(page: "Page", _embedded: Installation, address: str) -> None:
    _filled_in(page, address)
    answer_problem(page, SUBMIT, 503, "busy", headers={"Retry-After": "60"})
    send(page)
    page.locator("#line", has_text="Lots of people").wait_for()


def received(page: "Page", _embedded: Installation, address: str) -> None:
    decide_by = now() + timedelta(days=3)
    _sent(page, address, status("pending_review", received_at=now(), decide_by=decide_by))


def approved(page: "Page", _embedded: Installation, address: str) -> None:
    _sent(page, address, status("approved", received_at=now()))


def rejected(page: "Page", _embedded: Installation, address: str) -> None:
    too_early = shown(ReasonCode.BEFORE_PURCHASE_WINDOW, found="2026-05-28", expected="2026-06-01")
    _sent(page, address, status("rejected", received_at=now(), reasons=(too_early,)))


def asked_for_a_photo(page: "Page", _embedded: Installation, address: str) -> None:
    _sent(page, address, asked_again())
    page.wait_for_selector("form.photos-only:not([hidden])")


def over_a_limit(page: "Page", _embedded: Installation, address: str) -> None:
    again_at = now() + timedelta(hours=12)
    limited = shown(ReasonCode.LIMIT_REACHED, limit="limit_1", again_at=again_at)
    _sent(page, address, status("invalid", reasons=(limited,), may_enter_again_at=again_at))
    assert page.is_visible("text=Another person wants to enter"), "one phone has several users"


def found_wrong_by_the_writer(page: "Page", _embedded: Installation, address: str) -> None:
    _filled_in(page, address)
    wrong = shown(ReasonCode.ANSWER_NOT_UNDERSTOOD, field="email", expected="name@example.com")
    answer_status(page, status("invalid", reasons=(wrong,)))
    send(page)
    page.wait_for_selector("#summary:not([hidden])")


def paused(page: "Page", _embedded: Installation, address: str) -> None:
    answer_state(page, "paused")
    page.goto(address)
    page.wait_for_selector("body[data-door=paused]")


def closed(page: "Page", _embedded: Installation, address: str) -> None:
    answer_state(page, "closed")
    page.goto(address)
    page.wait_for_selector("body[data-door=closed]")


def behind_the_mails_link(page: "Page", _embedded: Installation, address: str) -> None:
    answer_status(page, status("approved", received_at=now()))
    page.goto(mail_link(address, "summer-receipts"))
    outcome(page, "approved")


def behind_the_link_to_send_again(page: "Page", _embedded: Installation, address: str) -> None:
    answer_status(page, asked_again())
    page.goto(mail_link(address, "summer-receipts", purpose=Purpose.RESUBMIT))
    page.wait_for_selector("form:not([hidden]) .drop")


def behind_a_used_link(page: "Page", _embedded: Installation, address: str) -> None:
    new = {"field": "receipt", "receipt": 1, "part": 1, "state": "taken"}
    answer_status(page, status("pending_review", received_at=now(), images=(new,)))
    page.goto(mail_link(address, "summer-receipts", purpose=Purpose.RESUBMIT))
    outcome(page, "pending_review")
    assert "has already been used" in page.inner_text("#done")


def behind_an_earlier_link_while_a_photo_is_asked_for(
    page: "Page", _embedded: Installation, address: str
) -> None:
    answer_status(page, asked_again())
    page.goto(mail_link(address, "summer-receipts"))
    page.wait_for_selector("form:not([hidden]) .drop")


def behind_a_link_that_is_over(page: "Page", _embedded: Installation, address: str) -> None:
    answer_problem(page, STATUS, 401, "bad_token")
    page.goto(mail_link(address, "summer-receipts"))
    page.wait_for_selector("#notice:not([hidden])")
    said = page.inner_text("#notice")
    assert "no longer works" in said
    assert "write to" in said
    assert "@" in said


def behind_half_a_link(page: "Page", _embedded: Installation, address: str) -> None:
    page.goto(address + "status/#k1")
    page.wait_for_selector("#notice:not([hidden])")


def _filled_in(page: "Page", address: str) -> None:
    open_form(page, address)
    add_photo(page, 5)
    uploaded(page)
    fill_in(page, email="ada@example.com")


def _sent(page: "Page", address: str, answer: StatusAnswer) -> None:
    _filled_in(page, address)
    answer_status(page, answer)
    send(page)
    outcome(page, answer.status)


STATES: list[Way] = [
    before_opening,
    is_open,
    errors,
    uploading,
    upload_failed,
    no_photo,
    several_photos,
    sending,
    offline,
    crowded,
    received,
    approved,
    rejected,
    asked_for_a_photo,
    over_a_limit,
    found_wrong_by_the_writer,
    paused,
    closed,
    behind_the_mails_link,
    behind_the_link_to_send_again,
    behind_a_used_link,
    behind_a_link_that_is_over,
    behind_half_a_link,
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_everyone_can_use_the_page_in_every_state(
    phone: "Page", embedded: Installation, state: Way
) -> None:
    state(phone, embedded, _address(embedded))
    name = f"page-{state.__name__.replace('_', '-')}"
    _look(phone, name)
    phone.emulate_media(color_scheme="dark")
    assert_accessible(phone, rules=BY_COLOUR)
    take_screenshot(phone, f"{name}-dark")
    phone.emulate_media(color_scheme="light")
    phone.set_viewport_size({"width": 1440, "height": 900})
    _look(phone, name)
    phone.set_viewport_size({"width": 320, "height": 640})
    assert_fits_window(phone, "at 320 px")


def _look(page: "Page", name: str) -> None:
    assert_accessible(page)
    assert_fits_window(page, name)
    take_screenshot(page, name)
