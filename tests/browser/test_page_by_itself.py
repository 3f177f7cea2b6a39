"""What the page does by itself: it opens, reloads, stops asking, and says enough without its script."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from campaigns.rendering.page import SCRIPTS_LOADED_LATER
from ingest_lambda.contract import SubmitRequest
from tests.browser.visiting import (
    START,
    STATUS,
    SUBMIT,
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
    from playwright.sync_api import Page


pytestmark = [pytest.mark.browser, pytest.mark.flow]


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
    own = "() => { try { return Object.keys(localStorage); } catch (error) { return error.name; } }"
    assert desktop.evaluate(own) == "SecurityError"


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
    scripts = sum(
        size
        for url, size in sizes.items()
        if url.endswith(".js") and not url.endswith(SCRIPTS_LOADED_LATER)
    )
    assert 0 < scripts <= 20_000, f"{scripts} bytes of script"
    heros = sum(size for url, size in sizes.items() if "/hero" in url)
    assert sum(sizes.values()) - heros <= 60_000
