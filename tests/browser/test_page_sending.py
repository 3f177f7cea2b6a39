"""Sending on the real platform: by keyboard alone, over dropped lines, over a limit, once more with a new photo."""

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen
from uuid import UUID

import pytest

from ingest_lambda.contract import StartRequest, SubmitRequest
from tests.browser.visiting import (
    START,
    STATUS,
    SUBMIT,
    add_photo,
    answer_problem,
    answer_state,
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
from tests.support.receipts import receipt_bytes

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.flow]


@pytest.fixture
def receipts(embedded: Installation) -> str:
    """Return the address of the campaign with a receipt."""
    address: str = embedded.campaign("summer-receipts")["page"]
    return address


@pytest.fixture
def quick(embedded: Installation) -> str:
    """Return the address of the campaign without one."""
    address: str = embedded.campaign("quick-draw")["page"]
    return address


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
    trap = phone.locator("#homepage")
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
        phone.wait_for_selector("#done button:has-text('Send another entry')")
        if number == 301:
            phone.click("text=Send another entry")
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
    assert "at most 80 characters" in phone.inner_text("#e-given_name")
    assert phone.input_value("#f-email") == "mended@example.com"
    send(phone)
    outcome(phone, "approved")


def test_the_page_opens_by_itself(phone: "Page", quick: str) -> None:
    phone.clock.install(time=now())
    answer_state(phone, "scheduled", opens_at=now().replace(year=now().year + 1))
    phone.goto(quick)
    phone.wait_for_selector("body[data-door=opens]")
    assert phone.is_hidden("#form")
    phone.unroute_all()
    phone.clock.fast_forward("15:00")
    phone.wait_for_selector("#form:not([hidden])")


def test_another_release_reloads_the_page_and_keeps_the_answers_but_no_agreement(
    phone: "Page", quick: str
) -> None:
    open_form(phone, quick)
    answer_problem(phone, START, 409, "release_changed")
    with phone.expect_navigation():
        phone.check("#f-accept_rules")
    phone.unroute_all()
    phone.wait_for_selector("#form:not([hidden])")
    assert not phone.is_checked("#f-accept_rules")
    phone.fill("#f-given_name", "Ada")
    phone.reload()
    phone.wait_for_selector("#form:not([hidden])")
    assert phone.input_value("#f-given_name") == "Ada"


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
    embedded.manage(
        "shell",
        "-c",
        "from django.utils import timezone\n"
        "from campaigns.models import User\n"
        "from ingest_lambda.contract import Reason\n"
        "from submissions.models import Submission\n"
        "from submissions.services import decisions\n"
        f"submission = Submission.objects.get(reference={reference!r})\n"
        "decisions.ask_again(submission.pk, actor=User.objects.get(username='mo'), "
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


def test_a_link_of_a_mail_shows_the_entry_and_never_the_form(phone: "Page", quick: str) -> None:
    open_form(phone, quick)
    fill_in(phone, email="link@example.com")
    with phone.expect_request(SUBMIT) as sent:
        send(phone)
    token = SubmitRequest.model_validate_json(sent.value.post_data or "").token
    outcome(phone, "approved")
    reference = phone.text_content("#reference")
    phone.goto(f"{quick}status/#{token}")
    outcome(phone, "approved")
    assert phone.text_content("#reference") == reference
    assert phone.is_hidden("#form")


def test_the_page_stops_asking_after_two_minutes_and_leaves_a_link(
    phone: "Page", quick: str
) -> None:
    phone.clock.install()
    open_form(phone, quick)
    fill_in(phone, email="patient@example.com")
    answer = status("pending_review", received_at=now(), poll_after_seconds=30)
    answer_status(phone, answer)
    asked: list[str] = []
    phone.on(
        "request",
        lambda r: asked.append(r.url) if STATUS.search(r.url) and r.method == "GET" else None,
    )
    send(phone)
    outcome(phone, "pending_review")

    def time_passes() -> bool:
        phone.clock.run_for(5_000)
        return phone.locator("#done .later a").count() == 1

    wait_until(time_passes, what="the page stops asking")
    assert 3 <= len(asked) <= 7


def test_a_preview_cannot_send_and_keeps_nothing(desktop: "Page", embedded: Installation) -> None:
    accounts = {account["username"]: account for account in embedded.facts["accounts"]}
    desktop.goto(embedded.facts["admin"])
    desktop.fill("[name=username]", "max")
    desktop.fill("[name=password]", accounts["max"]["password"])
    with desktop.expect_navigation():
        desktop.click("[type=submit]")
    (found,) = embedded.rows("SELECT id FROM campaigns_campaign WHERE slug = 'summer-receipts'")
    requests: list[str] = []
    desktop.on("request", lambda request: requests.append(request.url))
    desktop.goto(f"{embedded.facts['admin']}campaigns/campaign/{UUID(found[0])}/preview/")
    desktop.wait_for_selector("#form:not([hidden])")
    assert "can’t send anything" in desktop.inner_text(".preview-mark")
    desktop.set_input_files(
        "#f-receipt", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": receipt_bytes(1)}
    )
    uploaded(desktop)
    fill_in(desktop, email="nobody@example.com")
    send(desktop)
    desktop.locator("#line", has_text="Preview").wait_for()
    assert not [url for url in requests if "/v1/" in url]
    kept = desktop.evaluate("Object.keys(localStorage).filter(key => key.startsWith('campaign:'))")
    assert kept == []


def test_without_javascript_rules_dates_and_help_are_there(
    browser: Any, embedded: Installation, receipts: str
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(receipts)
    page.click("summary")
    words = page.inner_text("body")
    for said in (
        "11:59 pm (London)",
        "The promoter is named below",
        "help@northwind",
        "JavaScript",
    ):
        assert said in words
    assert page.is_hidden("#form")
    context.close()


def test_the_page_weighs_what_the_design_allows_and_asks_nobody_else(
    phone: "Page", embedded: Installation, receipts: str
) -> None:
    responses: list[Any] = []
    phone.on("requestfinished", lambda request: responses.append(request))
    open_form(phone, receipts)
    ours = {embedded.facts["web"], f"http://127.0.0.1:{embedded.aws_port}"}
    sizes = {request.url: request.sizes()["responseBodySize"] for request in responses}
    foreign = [url for url in sizes if not url.startswith((*ours, "data:", "blob:"))]
    assert not foreign
    scripts = sum(size for url, size in sizes.items() if url.endswith(".js"))
    assert 0 < scripts <= 20_000, f"{scripts} bytes of script"
    heros = sum(size for url, size in sizes.items() if "/hero" in url)
    assert sum(sizes.values()) - heros <= 60_000
