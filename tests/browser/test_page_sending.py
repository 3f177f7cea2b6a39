"""Sending on the real platform: by keyboard alone, over dropped lines, over a limit, once more with a new photo."""

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from ingest_lambda.contract import StartRequest, SubmitRequest
from tests.browser.visiting import (
    START,
    SUBMIT,
    add_photo,
    answer_problem,
    answer_status,
    fill_in,
    now,
    open_form,
    outcome,
    send,
    status,
    uploaded,
)
from tests.support.installation import Installation, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


pytestmark = [pytest.mark.browser, pytest.mark.flow]


def test_who_uses_no_mouse_can_enter(desktop: "Page", embedded: Installation, quick: str) -> None:
    open_form(desktop, quick)
    email = "keyboard@example.com"
    answers = {"f-given_name": "Ada", "f-family_name": "Lovelace", "f-email": email}
    for _ in range(40):
        desktop.keyboard.press("Tab")
        here = desktop.evaluate("document.activeElement.id || document.activeElement.className")
        if here in answers:
            desktop.keyboard.type(answers.pop(here))
        elif here == "f-accept_rules":
            desktop.keyboard.press("Space")
        elif here == "send":
            desktop.keyboard.press("Enter")
            break
    assert not answers
    outcome(desktop, "approved")
    assert desktop.evaluate("document.activeElement.id") == "done"
    reference = desktop.text_content("#reference")
    wait_until(
        lambda: embedded.rows(
            "SELECT 1 FROM submissions_submission WHERE reference = ?", (reference,)
        ),
        what="the entry in Django",
    )


def test_the_hidden_trap_is_out_of_reach_for_people_and_sent_when_a_machine_fills_it(
    phone: "Page", quick: str
) -> None:
    open_form(phone, quick)
    trap = phone.locator("#more")
    assert trap.get_attribute("tabindex") == "-1"
    assert phone.locator(".trap").get_attribute("aria-hidden") == "true"
    fill_in(phone, email="trap@example.com")
    trap.evaluate("input => { input.value = 'https://spam.example' }")
    answer_status(phone, status("pending_review", received_at=now()))
    with phone.expect_request(SUBMIT) as sent:
        send(phone)
    assert (
        SubmitRequest.model_validate_json(sent.value.post_data or "").trap == "https://spam.example"
    )


def test_the_poster_that_sent_the_visitor_and_the_utm_parameters_travel_along(
    phone: "Page", quick: str
) -> None:
    phone.goto(quick + "?s=poster-7&utm_source=mail")
    phone.wait_for_selector("#form:not([hidden])")
    with phone.expect_request(START) as started:
        phone.fill("#f-given_name", "Ada")
    asked = StartRequest.model_validate_json(started.value.post_data or "")
    assert asked.source == "poster-7"


def test_a_line_that_drops_while_sending_ends_in_one_entry(
    phone: "Page", embedded: Installation, quick: str
) -> None:
    open_form(phone, quick)
    fill_in(phone, email="dropped@example.com")
    lost: list[int] = []

    def swallow_the_answer(route: "Route") -> None:
        """Let the entry arrive, and the answer not: the page must send the same again."""
        if lost:
            route.continue_()
            return
        request = Request(
            route.request.url,
            data=(route.request.post_data or "").encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=20) as answer:
            lost.append(answer.status)
        route.abort()

    phone.route(SUBMIT, swallow_the_answer)
    send(phone)
    phone.locator("#line", has_text="No connection").wait_for()
    assert phone.text_content(".send") == "Sending…"
    outcome(phone, "approved")
    reference = phone.text_content("#reference")
    found = wait_until(
        lambda: embedded.rows(
            "SELECT id FROM submissions_submission WHERE reference = ?", (reference,)
        ),
        what="the entry in Django",
    )
    assert len(found) == 1
    assert lost == [202]


def test_a_crowd_is_told_in_words_and_the_page_comes_back_by_itself(
    phone: "Page", quick: str
) -> None:
    open_form(phone, quick)
    fill_in(phone, email="crowd@example.com")
    answer_problem(phone, SUBMIT, 503, "busy", headers={"Retry-After": "1"})
    send(phone)
    told = re.compile("Lots of people are entering right now.*try again in [12] seconds")
    phone.locator("#line", has_text=told).wait_for()
    phone.unroute_all()
    outcome(phone, "approved")


def test_over_a_limit_the_page_says_which_and_when_again(phone: "Page", receipts: str) -> None:
    for number in (301, 302):
        open_form(phone, receipts)
        add_photo(phone, number)
        uploaded(phone)
        fill_in(phone, email="often@example.com")
        send(phone)
        outcome(phone, "pending_review" if number == 301 else "invalid")
        if number == 301:
            phone.click("#done button:has-text('Send another entry')")
    # Not the same person before tomorrow, but maybe another one of the family.
    phone.wait_for_selector("#done button:has-text('Another person wants to enter')")
    words = phone.inner_text("#done")
    assert (
        "You've entered today already. You can enter again from tomorrow, 00:00 (London)." in words
    )


def test_a_mistyped_mail_domain_is_proposed_right_and_taken_with_one_press(
    phone: "Page", quick: str
) -> None:
    open_form(phone, quick)
    phone.fill("#f-email", "ada@gmial.com")
    phone.click("text=Did you mean ada@gmail.com?")
    assert phone.input_value("#f-email") == "ada@gmail.com"
    assert phone.evaluate("document.activeElement.id") == "f-email"


def test_errors_stand_beside_their_fields_with_links_from_the_top(
    phone: "Page", quick: str
) -> None:
    open_form(phone, quick)
    phone.fill("#f-email", "ada")
    send(phone)
    assert phone.evaluate("document.activeElement.id") == "summary"
    assert phone.get_attribute("#f-email", "aria-invalid") == "true"
    assert "name@example.com" in phone.inner_text("#e-email")
    phone.click("#summary a[href='#f-email']")
    assert phone.evaluate("document.activeElement.id") == "f-email"
    phone.fill("#f-email", "ada@example.com")
    assert phone.inner_text("#e-email") == ""


def test_what_the_writer_finds_wrong_is_shown_by_its_field_and_can_be_mended(
    phone: "Page", embedded: Installation, quick: str
) -> None:
    open_form(phone, quick)
    fill_in(phone, email="mended@example.com")
    wrong: dict[str, Any] = {"f": "given_name"}

    def spoil(route: "Route") -> None:
        body = json.loads(route.request.post_data or "")
        if wrong.pop("f", None):
            body["answers"]["given_name"] = "x" * 200
        route.continue_(post_data=json.dumps(body))

    phone.route(SUBMIT, spoil)
    send(phone)
    phone.wait_for_selector("#summary:not([hidden])")
    assert "longer than 80 characters" in phone.inner_text("#e-given_name")
    assert phone.input_value("#f-email") == "mended@example.com"
    send(phone)
    outcome(phone, "approved")


def test_a_new_photo_is_taken_right_on_the_page_that_asks_for_it(
    phone: "Page", embedded: Installation, receipts: str
) -> None:
    open_form(phone, receipts)
    add_photo(phone, 303)
    uploaded(phone)
    fill_in(phone, email="again@example.com")
    send(phone)
    outcome(phone, "pending_review")
    reference = phone.text_content("#reference")
    wait_until(
        lambda: embedded.rows(
            "SELECT 1 FROM submissions_submission WHERE reference = ?", (reference,)
        ),
        what="the entry in Django",
    )
    embedded.python(
        "from campaigns.accounts.models import User\n"
        "from ingest_lambda.contract import Reason\n"
        "from submissions.mirror.models import Submission\n"
        "from submissions.review.services import decisions\n"
        f"submission = Submission.objects.get(reference={reference!r})\n"
        "decisions.request_resubmission(submission.pk, actor=User.objects.get(username='mo'), "
        "at=timezone.now(), reasons=[Reason(code='ILLEGIBLE')])\n",
    )

    def asked() -> bool:
        phone.reload()
        told = phone.locator(
            "#done[data-status=pending_review], #done[data-status=needs_resubmission]"
        )
        told.wait_for()
        return told.get_attribute("data-status") == "needs_resubmission"

    wait_until(asked, what="the page asks for a new photo")
    assert "sharper" in phone.inner_text("#done")
    assert phone.is_hidden("#f-email")
    add_photo(phone, 304)
    uploaded(phone)
    send(phone)
    outcome(phone, "pending_review")
    assert phone.text_content("#reference") == reference
    wait_until(
        lambda: embedded.rows(
            "SELECT 1 FROM submissions_submission WHERE reference = ? AND attempt = 2", (reference,)
        ),
        what="the second attempt in Django",
    )
