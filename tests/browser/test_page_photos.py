"""Photos on the campaign page, sent to the real bucket: reloads, dropped lines, twins, blur, slow lines."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageFilter

from ingest_lambda.contract import StartRequest
from tests.browser.visiting import (
    START,
    Held,
    add_photo,
    answer_problem,
    answer_status,
    fill_in,
    is_upload,
    now,
    open_form,
    outcome,
    photo,
    send,
    status,
    uploaded,
)
from tests.support.installation import Installation
from tests.support.receipts import draw_receipt

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.flow]

SLOW_LINE = "Object.defineProperty(navigator, 'connection', {value: {downlink: 0.8}})"


@pytest.fixture
def address(phone: "Page", embedded: Installation) -> str:
    """Return the address of the campaign that asks for a receipt."""
    found: str = embedded.campaign("summer-receipts")["page"]
    return found


@pytest.fixture
def bucket(embedded: Installation) -> str:
    """Return the bucket's name."""
    name: str = embedded.environment["BUCKET_NAME"]
    return name


def encoded(image: Image.Image) -> bytes:
    """Return an image as a JPEG."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def test_a_reload_in_the_middle_of_an_upload_goes_on_with_photo_and_answers(
    phone: "Page", address: str, bucket: str
) -> None:
    open_form(phone, address)
    fill_in(phone, email="reload@example.com")
    Held(phone, is_upload(bucket))
    with phone.expect_request(lambda request: is_upload(bucket)(request.url)):
        add_photo(phone, 201)
    assert phone.locator(".ring").count() == 1
    phone.unroute_all(behavior="ignoreErrors")
    phone.reload()
    phone.wait_for_selector("#form:not([hidden])")
    uploaded(phone)
    assert phone.input_value("#f-email") == "reload@example.com"
    assert phone.is_checked("#f-accept_rules")
    assert phone.locator(".thumb img").count() == 1


def test_a_photo_that_arrived_is_not_uploaded_again_after_a_reload(
    phone: "Page", address: str, bucket: str
) -> None:
    open_form(phone, address)
    add_photo(phone, 202)
    uploaded(phone)
    again = Held(phone, is_upload(bucket))
    phone.reload()
    phone.wait_for_selector(".thumb img")
    uploaded(phone)
    assert not again.routes


def test_an_upload_outlives_a_dropped_line_and_says_so(
    phone: "Page", address: str, bucket: str
) -> None:
    open_form(phone, address)
    phone.route(is_upload(bucket), lambda route: route.abort())
    add_photo(phone, 203)
    phone.locator("#line", has_text="No connection").wait_for()
    phone.unroute_all()
    uploaded(phone)
    assert phone.text_content("#line") == ""


def test_an_upload_that_is_refused_offers_another_try_and_then_arrives(
    phone: "Page", address: str
) -> None:
    open_form(phone, address)
    answer_problem(phone, START, 422, "upload_refused")
    add_photo(phone, 204)
    phone.wait_for_selector(".card.lost")
    send(phone)
    assert "haven’t received one of your photos" in phone.inner_text("#summary")
    phone.unroute_all()
    phone.get_by_role("button", name="Try again").click()
    uploaded(phone)


def test_a_form_whose_time_is_over_is_renewed(phone: "Page", address: str, bucket: str) -> None:
    open_form(phone, address)
    asked = []
    phone.on(
        "request", lambda request: asked.append(request) if START.search(request.url) else None
    )
    refusals = [403, 403]
    phone.route(
        is_upload(bucket),
        lambda route: route.fulfill(status=refusals.pop()) if refusals else route.continue_(),
    )
    add_photo(phone, 205)
    uploaded(phone)
    assert len(asked) == 3
    tokens = [request.post_data_json.get("token") for request in asked]
    assert tokens[0] is None
    assert all(tokens[1:])


def test_several_photos_of_one_receipt_are_parts_of_it_and_one_can_be_replaced(
    phone: "Page", address: str, bucket: str
) -> None:
    open_form(phone, address)
    wanted: list[StartRequest] = []
    phone.on(
        "request",
        lambda request: (
            wanted.append(StartRequest.model_validate_json(request.post_data or ""))
            if START.search(request.url)
            else None
        ),
    )
    add_photo(phone, 206)
    uploaded(phone)
    with phone.expect_file_chooser() as chooser:
        phone.click("text=Add another photo of the same receipt")
    chooser.value.set_files(photo(207))
    uploaded(phone, 2)
    with phone.expect_file_chooser() as chooser:
        phone.get_by_role("button", name="Replace").first.click()
    with phone.expect_request(lambda request: is_upload(bucket)(request.url)):
        chooser.value.set_files(photo(208))
    uploaded(phone, 2)
    last = wanted[-1].uploads
    assert {upload.receipt for upload in last} == {1}
    assert len({upload.part for upload in last}) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", upload.sha256 or "") for upload in last)
    phone.get_by_role("button", name="Remove").first.click()
    phone.get_by_role("button", name="Remove").first.click()
    phone.wait_for_selector(".drop")


def test_the_same_photo_twice_is_recognised(phone: "Page", address: str) -> None:
    open_form(phone, address)
    add_photo(phone, 209)
    uploaded(phone)
    add_photo(phone, 209, name="copy.jpg")
    phone.locator(".photos .error", has_text="already").wait_for()
    assert phone.locator(".card").count() == 1


def test_a_photo_that_was_sent_from_this_phone_is_recognised_before_it_is_uploaded(
    phone: "Page", address: str, bucket: str
) -> None:
    open_form(phone, address)
    add_photo(phone, 210)
    uploaded(phone)
    fill_in(phone, email="twice@example.com")
    answer_status(phone, status("pending_review", received_at=now()))
    send(phone)
    outcome(phone, "pending_review")
    phone.click("text=Send another entry")
    phone.wait_for_selector("#form:not([hidden])")
    again = Held(phone, is_upload(bucket))
    add_photo(phone, 210)
    phone.locator(".photos .error", has_text="K7M4-2QXD").wait_for()
    assert not again.routes


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>" + b" " * 500, "isn’t a photo we can read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>" + b" " * 50, "isn’t a photo we can read"),
        (b"", "isn’t a photo we can read"),
        (b"%PDF-1.7" + bytes(15_100_000), "over 15 MB"),
    ],
    ids=["html", "svg", "empty", "huge"],
)
def test_a_file_that_cannot_be_taken_is_told_in_words(
    phone: "Page", address: str, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(content)
    open_form(phone, address)
    phone.set_input_files("#f-receipt", file)
    phone.locator(".photos .error", has_text=words).wait_for()
    assert phone.locator(".card").count() == 0
    assert phone.is_visible(".drop")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda picture: picture.filter(ImageFilter.GaussianBlur(9)), "looks blurred"),
        (lambda picture: picture.point(lambda value: value // 12), "very dark"),
        (lambda picture: picture.point(lambda value: 246 + value // 30), "very bright"),
    ],
    ids=["blurred", "dark", "bright"],
)
def test_a_photo_that_is_hard_to_read_gets_a_hint_that_can_be_waved_off(
    phone: "Page", address: str, spoil: Callable[[Image.Image], Image.Image], words: str
) -> None:
    open_form(phone, address)
    add_photo(phone, 0, content=encoded(spoil(draw_receipt(211))))
    phone.wait_for_selector(".hint")
    assert words in phone.inner_text(".hint")
    phone.click(".hint >> text=Send anyway")
    phone.locator(".hint").wait_for(state="detached")
    uploaded(phone)


def test_what_is_pressed_while_the_upload_ends_is_pressed(
    phone: "Page", address: str, bucket: str
) -> None:
    """The cards are drawn anew when a photo has arrived; not under somebody's finger."""
    held: list[Route] = []
    phone.route(is_upload(bucket), lambda route: held.append(route))
    open_form(phone, address)
    add_photo(phone, 0, content=encoded(draw_receipt(215).filter(ImageFilter.GaussianBlur(9))))
    anyway = phone.locator(".hint >> text=Send anyway")
    anyway.scroll_into_view_if_needed()
    button = anyway.bounding_box()
    assert button is not None
    while not held:
        phone.evaluate("new Promise(requestAnimationFrame)")
    phone.mouse.move(button["x"] + button["width"] / 2, button["y"] + button["height"] / 2)
    phone.mouse.down()
    with phone.expect_response(lambda answer: is_upload(bucket)(answer.url)):
        held[0].continue_()
    for _frame in range(3):
        phone.evaluate("new Promise(requestAnimationFrame)")
    phone.mouse.up()
    phone.locator(".hint").wait_for(state="detached")
    uploaded(phone)


def test_who_scrolls_on_while_a_photo_is_uploaded_is_not_brought_back(
    phone: "Page", address: str, bucket: str
) -> None:
    held = Held(phone, is_upload(bucket))
    open_form(phone, address)
    with phone.expect_request(lambda request: is_upload(bucket)(request.url)):
        add_photo(phone, 216)
    phone.locator(".card [data-act]").first.focus()
    phone.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    there = phone.evaluate("scrollY")
    held.let_go()
    uploaded(phone)
    assert phone.evaluate("document.activeElement.dataset.act")
    assert phone.evaluate("scrollY") == there


SPOKEN = """() => {
  window.spoken = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const live = target.closest?.("[role=status]");
      if (live && live.ariaLive !== "off") window.spoken.push(live.textContent);
    }
  }).observe(document.body, { childList: true, subtree: true });
}"""
"""Notes what screen readers are given to say."""


def test_an_upload_that_is_waited_for_is_read_aloud_once(
    phone: "Page", address: str, bucket: str
) -> None:
    held = Held(phone, is_upload(bucket))
    open_form(phone, address)
    fill_in(phone, email="counted@example.com")
    with phone.expect_request(lambda request: is_upload(bucket)(request.url)):
        add_photo(phone, 217)
    phone.evaluate(SPOKEN)
    send(phone)
    line = phone.locator("#line", has_text="still uploading: ")
    line.wait_for()
    phone.evaluate(
        "import(document.querySelector('script[src*=\"page.js\"]').src.replace('page.js', 'keep.js'))"
        ".then(({ state }) => { state.photos[0].progress = 0.4; })"
    )
    phone.locator("#line", has_text="still uploading: 40").wait_for()
    said = phone.evaluate("window.spoken")
    assert len(said) == 1
    assert "still uploading" in said[0]
    held.let_go()
    outcome(phone, "pending_review")


def test_a_readable_photo_gets_no_hint(phone: "Page", address: str) -> None:
    open_form(phone, address)
    add_photo(phone, 213)
    uploaded(phone)
    assert phone.locator(".hint").count() == 0


def test_a_slow_line_sends_a_smaller_copy_in_which_small_print_can_be_read(
    phone: "Page", address: str, bucket: str
) -> None:
    phone.add_init_script(SLOW_LINE)
    open_form(phone, address)
    large = Image.effect_noise((2400, 3200), 40).convert("RGB")
    large.paste(draw_receipt(214, width=1600, height=2400), (400, 400))
    content = encoded(large)
    held = Held(phone, is_upload(bucket))
    with phone.expect_request(START, timeout=60_000) as asked:
        add_photo(phone, 0, content=content)
    (wanted,) = StartRequest.model_validate_json(asked.value.post_data or "").uploads
    assert wanted.processed
    assert wanted.size < len(content)
    sent = phone.evaluate(
        """() => new Promise((tell) => {
          const asked = indexedDB.open('campaign-photos');
          asked.onsuccess = () => {
            const files = asked.result.transaction('files').objectStore('files').getAll();
            files.onsuccess = async () => {
              const picture = await createImageBitmap(files.result.at(-1));
              tell(Math.max(picture.width, picture.height));
            };
          };
        })"""
    )
    assert sent == 3000
    held.let_go()
    uploaded(phone)
