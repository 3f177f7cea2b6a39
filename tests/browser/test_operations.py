"""Operations in a real browser: a Pipe that stopped is switched on, dead letters are taken up."""

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.entries import send_entry, status_of
from tests.browser.staff_hands import let_in, seen
from tests.browser.visiting import Held
from tests.support.installation import Installation, wait_until
from tests.support.ledger import waiting
from tests.support.visitor import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]


def open_operations(page: "Page", installation: Installation, queue: str = "") -> None:
    page.goto(f"{installation.facts['admin']}operations/{queue}")
    page.wait_for_selector(".ops")


def test_a_pipe_that_was_switched_off_carries_again_at_a_press(
    embedded: Installation, desktop: "Page"
) -> None:
    let_in(desktop, embedded, "operator")
    open_operations(desktop, embedded)
    row = desktop.locator("tr", has_text="Mirror Pipe").filter(has_text="to this site")
    assert "running" in (row.text_content() or "")
    embedded.aws("pipes").stop_pipe(Name=embedded.environment["MIRROR_PIPE_NAME"])
    try:
        desktop.reload()
        seen(desktop, "operations-pipe-off")
        visitor = Visitor(embedded, "summer-receipts")
        visitor.start()
        assert visitor.submit().status_code == 202
        submission_id = visitor.id
        assert submission_id is not None
    finally:
        row.get_by_role("button", name="Switch on").click()
    desktop.wait_for_selector("text=Mirror Pipe is being switched on")
    wait_until(lambda: status_of(embedded, submission_id) != "", what="the entry in Django")


def renewal(page: "Page") -> None:
    """Let the time pass after which the page asks for itself again."""
    page.clock.fast_forward(11_000)


def test_the_page_renews_itself_under_no_finger_and_never_by_another_page(
    embedded: Installation, desktop: "Page"
) -> None:
    let_in(desktop, embedded, "operator")
    desktop.clock.install()
    open_operations(desktop, embedded)
    page_itself = re.compile(r"/operations/$")
    held = Held(desktop, page_itself)
    with desktop.expect_request(page_itself):
        renewal(desktop)
    desktop.locator("#to-runbook").scroll_into_view_if_needed()
    button = desktop.locator("#to-runbook").bounding_box()
    assert button is not None
    desktop.mouse.move(button["x"] + 5, button["y"] + 5)
    desktop.mouse.down()
    with desktop.expect_response(page_itself) as answer:
        held.let_go()
    answer.value.finished()
    desktop.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    desktop.mouse.up()
    desktop.wait_for_selector("h1:has-text('Runbook')")

    open_operations(desktop, embedded)
    desktop.context.clear_cookies()
    with desktop.expect_response(page_itself):
        renewal(desktop)
    desktop.get_by_role("link", name="Sign in again").wait_for()
    assert desktop.locator("#queues").count() == 1, "what was read stays"
    assert desktop.locator("#ops-now :is([role=status], [aria-live])").count() == 0


def test_what_the_mirror_pipe_gave_up_is_compared_with_progress(
    embedded: Installation, desktop: "Page"
) -> None:
    submission_id = send_entry(embedded)
    embedded.python(
        "from submissions.mirror.models import ReceiptImage\n"
        f"ReceiptImage.objects.filter(submission_id='{submission_id}').delete()\n"
    )
    span = {
        "context": {"condition": "RetryAttemptsExhausted"},
        "DDBStreamBatchInfo": {"shardId": "shardId-1", "batchSize": 3},
    }
    url = embedded.environment["MIRROR_PIPE_DEAD_LETTER_QUEUE_URL"]
    # What another test looked into may be hidden for a while.
    before = waiting(embedded, "MIRROR_PIPE_DEAD_LETTER_QUEUE_URL")
    embedded.aws("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(span))
    let_in(desktop, embedded, "operator")
    open_operations(desktop, embedded, "pipe/")
    seen(desktop, "dead-letters-pipe")
    desktop.click("text=Compare for all")
    desktop.wait_for_selector("text=the whole table is compared")
    wait_until(
        lambda: waiting(embedded, "MIRROR_PIPE_DEAD_LETTER_QUEUE_URL") <= before,
        what="the dead letter is taken away",
    )
    open_operations(desktop, embedded)
    desktop.wait_for_selector("text=/Comparing everything|Every entry, photo/")
    seen(desktop, "operations-comparing")
    desktop.wait_for_selector("text=Every entry, photo, message and prize", timeout=60_000)
    # The page may still tell of the round before.
    wait_until(
        lambda: (
            embedded.rows(
                "SELECT count(*) FROM submissions_receiptimage WHERE submission_id = ?",
                (submission_id.hex,),
            )
            == [(1,)]
        ),
        what="the photo, from the comparison",
        seconds=120,
    )
    seen(desktop, "operations-compared")
