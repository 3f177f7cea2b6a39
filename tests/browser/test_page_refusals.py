"""A photo that can't be used is told of in seconds, beside it; nobody waits for that, and it is asked seldom."""

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

from ingest_lambda.contract import StatusAnswer
from tests.browser.visiting import (
    STATUS,
    add_photo,
    answer_status,
    asked_again,
    fill_in,
    now,
    open_form,
    outcome,
    photo,
    send,
    status,
    uploaded,
)
from tests.support.installation import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

pytestmark = [pytest.mark.browser, pytest.mark.flow]
DAMAGED = b"\xff\xd8\xff\xe0" + b"not a picture " * 300
CAN_T = ".card .hint"
AGAIN = f"{CAN_T} button"


def images(state: str, code: str | None = None, part: int = 1) -> tuple[dict[str, Any], ...]:
    """Say of one photo what became of it."""
    told = {"field": "receipt", "receipt": 1, "part": part, "state": state, "code": code}
    return ({name: value for name, value in told.items() if value is not None},)


@dataclass
class Calls:
    """The status calls of a page: those it made, and those of them that are over."""

    made: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)


def answers(page: "Page", answer: StatusAnswer) -> Calls:
    """Let the server answer for an entry like this; return the calls as they come."""
    asked = Calls()

    def note(request: "Request", into: list[str]) -> None:
        if STATUS.search(request.url):
            into.append(request.url)

    page.on("request", lambda request: note(request, asked.made))
    page.on("requestfinished", lambda request: note(request, asked.over))
    page.on("requestfailed", lambda request: note(request, asked.over))
    answer_status(page, answer)
    return asked


def let_pass(page: "Page", asked: Calls, *, seconds: int) -> None:
    """Let the page's clock run, and give the line its real time for each call."""
    for _second in range(seconds):
        page.clock.run_for(1_000)
        wait_until(lambda: page.evaluate("1") and len(asked.over) == len(asked.made), what="answer")


def choose_another(page: "Page", number: int) -> None:
    """Press the button beside a refused photo and choose another one."""
    with page.expect_file_chooser() as chooser:
        page.click(AGAIN)
    chooser.value.set_files(photo(number))


def test_a_photo_that_cannot_be_read_is_told_of_in_seconds_and_another_goes_in_its_place(
    phone: "Page", receipts: str
) -> None:
    """By the real functions."""
    open_form(phone, receipts)
    fill_in(phone, email="refused@example.com")
    add_photo(phone, 0, content=DAMAGED)
    phone.wait_for_selector(CAN_T, timeout=60_000)
    assert "can’t be read" in phone.inner_text(CAN_T)
    assert phone.locator(".card.lost").count() == 1
    assert "can’t be used" in phone.inner_text(".fate")
    send(phone)
    assert "can’t be used" in phone.inner_text("#summary")
    choose_another(phone, 4301)
    uploaded(phone)
    assert phone.locator(CAN_T).count() == 0
    send(phone)
    outcome(phone, "pending_review")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("same_photo", "added this photo already"),
        ("encrypted", "protected by a password"),
        ("of_tomorrow", "can’t be read"),
    ],
)
def test_a_code_is_told_in_its_words_and_one_that_has_none_in_those_of_all(
    phone: "Page", receipts: str, code: str, words: str
) -> None:
    phone.clock.install(time=now())
    answers(phone, status("queued", images=images("refused", code)))
    open_form(phone, receipts)
    add_photo(phone, 4302)
    arrived(phone)
    until_refused(phone)
    said = phone.inner_text(f"{CAN_T} p")
    assert words in said


def until_refused(page: "Page") -> None:
    """Let the page's clock run until the photo is told of; its line takes real time."""
    ends_at = monotonic() + 60
    while not page.locator(CAN_T).count() and monotonic() < ends_at:
        page.clock.run_for(1_000)
    page.wait_for_selector(CAN_T, timeout=1_000)


def test_a_photo_of_which_nothing_is_known_is_asked_about_four_times_and_no_more(
    phone: "Page", receipts: str
) -> None:
    asked = answers(phone, status("queued", images=images("awaited")))
    open_form(phone, receipts)
    phone.clock.install(time=now())
    add_photo(phone, 4303)
    arrived(phone)
    let_run(phone, asked, calls=4)
    let_pass(phone, asked, seconds=300)
    assert len(asked.made) == 4
    assert phone.locator(CAN_T).count() == 0
    phone.reload()
    phone.wait_for_selector("#form:not([hidden])")
    let_pass(phone, asked, seconds=300)
    assert len(asked.made) == 4, "also over a reload"


def arrived(page: "Page") -> None:
    """Wait in real time until the photo is with us: the page's clock would run past its patience with the line."""
    page.locator(".card:not(:has(.ring))").wait_for(timeout=60_000)


def let_run(page: "Page", asked: Calls, *, calls: int) -> None:
    """Let the page's clock run until the server was asked so often; its line takes real time."""
    ends_at = monotonic() + 60
    while len(asked.made) < calls and monotonic() < ends_at:
        let_pass(page, asked, seconds=1)
    assert len(asked.made) == calls


def test_one_that_is_taken_is_asked_about_no_more(phone: "Page", receipts: str) -> None:
    asked = answers(phone, status("queued", images=images("taken")))
    open_form(phone, receipts)
    phone.clock.install(time=now())
    add_photo(phone, 4304)
    arrived(phone)
    let_run(phone, asked, calls=1)
    let_pass(phone, asked, seconds=300)
    assert len(asked.made) == 1
    assert phone.inner_text(".fate") == "We’ve received your photo."


def test_a_form_without_photos_asks_about_none(phone: "Page", quick: str) -> None:
    asked = answers(phone, status("queued"))
    open_form(phone, quick)
    phone.clock.install(time=now())
    fill_in(phone, email="none@example.com")
    let_pass(phone, asked, seconds=120)
    assert asked.made == []


@pytest.mark.parametrize("module", ["arrivals.js", "quality.js"])
def test_without_what_is_loaded_later_the_form_is_sent_all_the_same(
    phone: "Page", receipts: str, module: str
) -> None:
    phone.route(f"**/{module}", lambda route: route.abort())
    open_form(phone, receipts)
    fill_in(phone, email="bare@example.com")
    add_photo(phone, 4305)
    uploaded(phone)
    answer_status(phone, status("pending_review", received_at=now()))
    send(phone)
    outcome(phone, "pending_review")


def test_after_it_was_sent_a_refusal_is_told_too(phone: "Page", receipts: str) -> None:
    open_form(phone, receipts)
    fill_in(phone, email="after@example.com")
    add_photo(phone, 4306)
    uploaded(phone)
    answer_status(
        phone,
        status("pending_review", received_at=now(), images=images("refused", "damaged")),
    )
    send(phone)
    outcome(phone, "pending_review")
    assert "One of your photos can’t be read." in phone.inner_text("#done")


def test_of_a_second_photo_that_was_asked_for_it_is_told_as_well(
    phone: "Page", receipts: str
) -> None:
    open_form(phone, receipts)
    fill_in(phone, email="second@example.com")
    add_photo(phone, 4307)
    uploaded(phone)
    answer_status(phone, asked_again())
    send(phone)
    outcome(phone, "needs_resubmission")
    phone.wait_for_selector("#form:not([hidden])")
    phone.unroute(STATUS)
    told = asked_again().model_dump() | {"images": images("refused", "encrypted")}
    answer_status(phone, StatusAnswer.model_validate(told))
    add_photo(phone, 4308)
    phone.wait_for_selector(CAN_T, timeout=60_000)
    assert "protected by a password" in phone.inner_text(CAN_T)
    assert phone.locator(f"{CAN_T} button").inner_text() == "Choose another"
