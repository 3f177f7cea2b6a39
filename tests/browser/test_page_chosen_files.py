"""A file that changes or vanishes after it was chosen: sent as it was, or asked for again in words."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.rendered import BUCKET, opened, starts
from tests.browser.visiting import (
    OPEN_TO_ALL,
    add_photo,
    uploaded,
)
from tests.support.receipts import receipt_bytes

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("fate", ["changed", "vanished"])
def test_a_file_is_sent_as_it_was_when_it_was_chosen(
    phone: "Page", tmp_path: Path, fate: str
) -> None:
    file = tmp_path / "receipt.jpg"
    file.write_bytes(receipt_bytes(1))
    opened(phone)
    asked = starts(phone)
    phone.route(BUCKET, lambda route: route.abort())
    phone.set_input_files("#f-receipt", file)
    phone.locator("#line", has_text="No connection").wait_for()
    file.write_bytes(b"another picture") if fate == "changed" else file.unlink()
    bodies: list[bytes] = []

    def take(route: "Route") -> None:
        bodies.append(route.request.post_data_buffer or b"")
        route.fulfill(status=201, headers=OPEN_TO_ALL)

    phone.route(BUCKET, take)
    phone.evaluate("dispatchEvent(new Event('online'))")
    uploaded(phone)
    assert asked[-1].uploads[0].sha256 == hashlib.sha256(receipt_bytes(1)).hexdigest()
    assert len(bodies) == 1
    assert not bodies[0] or receipt_bytes(1) in bodies[0], "Chromium shows a body or nothing of it"


@pytest.mark.parametrize("fate", ["changed", "vanished"])
def test_one_that_cannot_be_read_any_more_is_asked_for_again_in_words(
    phone: "Page", tmp_path: Path, fate: str
) -> None:
    file = tmp_path / "receipt.jpg"
    file.write_bytes(receipt_bytes(1))
    phone.add_init_script(
        """addEventListener("change", (event) => {
          if (event.target.type !== "file" || window.late) return;
          event.stopImmediatePropagation();
          window.late = () => event.target.dispatchEvent(new Event("change", { bubbles: true }));
        }, true);"""
    )
    opened(phone)
    phone.set_input_files("#f-receipt", file)
    file.write_bytes(receipt_bytes(2) * 2) if fate == "changed" else file.unlink()
    phone.evaluate("late()")
    phone.locator(".photos .error", has_text="choose it again").wait_for()
    assert phone.inner_text("#line") == ""
    assert phone.is_visible(".drop")
    add_photo(phone, 3)
    uploaded(phone)
    assert phone.locator(".photos .error:visible").count() == 0


def test_a_kept_copy_that_the_phone_took_away_is_no_line_that_is_down(phone: "Page") -> None:
    opened(phone)
    phone.route(BUCKET, lambda route: route.abort())
    phone.evaluate(
        """() => { const { arrayBuffer } = Blob.prototype; let read = 0;
          Blob.prototype.arrayBuffer = function () { return (read += 1) > 3 ? Promise.reject(new DOMException("gone", "NotFoundError")) : arrayBuffer.call(this); }; }"""
    )
    add_photo(phone, 1)
    phone.locator(".photos .error", has_text="choose it again").wait_for()
    assert phone.locator(".card").count() == 0
