"""A browser without WebCrypto: plain http on a name of the local network, or a phone of long ago.

``crypto.subtle`` is absent there, and every photo has to be announced with its SHA-256.
"""

import hashlib
from typing import TYPE_CHECKING

import pytest

from ingest_lambda.contract import StartRequest
from tests.browser.visiting import START, add_photo, fill_in, open_form, outcome, send, uploaded
from tests.support.installation import Installation
from tests.support.receipts import receipt_bytes

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.flow]

WITHOUT = "Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined})"
MODULE = "**/sha256*.js"
EDGES = (0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 1_000_003)
"""Lengths around which the last block of SHA-256 is filled up in another way (FIPS 180-4, 5.1.1)."""


def modules(page: "Page") -> list[str]:
    """Return the addresses of that module which the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "/sha256" in r.url else None)
    return asked


def test_a_photo_is_announced_with_its_hash_and_is_the_one_that_came(
    phone: "Page", embedded: Installation, receipts: str
) -> None:
    phone.add_init_script(WITHOUT)
    asked = modules(phone)
    open_form(phone, receipts)
    assert phone.evaluate("crypto.subtle") is None
    assert asked == []
    with phone.expect_request(START) as started:
        add_photo(phone, 7001)
    (wanted,) = StartRequest.model_validate_json(started.value.post_data or "").uploads
    assert wanted.sha256 == hashlib.sha256(receipt_bytes(7001)).hexdigest()
    uploaded(phone)
    fill_in(phone, email="no.webcrypto@example.com")
    send(phone)
    outcome(phone, "pending_review")
    assert len(asked) == 1
    query = "SELECT suspicions FROM submissions_submission JOIN submissions_submissionanswers ON "
    query += "id = submission_id WHERE email = 'no.webcrypto@example.com'"
    assert embedded.rows(query) in ([], [("[]",)])


def test_the_module_s_hash_is_sha_256_whatever_the_length(phone: "Page", receipts: str) -> None:
    phone.add_init_script(WITHOUT)
    asked = modules(phone)
    open_form(phone, receipts)
    add_photo(phone, 7002)
    uploaded(phone)
    content = bytes((n * 31 + n // 256) % 256 for n in range(max(EDGES)))
    for length in EDGES:
        counted = phone.evaluate(
            """async ([module, length]) => (await import(module)).sha256(
                 Uint8Array.from({length}, (_, n) => (n * 31 + Math.floor(n / 256)) % 256))""",
            [asked[0], length],
        )
        assert counted == hashlib.sha256(content[:length]).hexdigest(), length


def test_where_the_module_does_not_come_the_photo_can_be_tried_again(
    phone: "Page", receipts: str
) -> None:
    phone.add_init_script(WITHOUT)
    open_form(phone, receipts)
    phone.route(MODULE, lambda route: route.abort())
    add_photo(phone, 7003)
    card = phone.locator(".card.lost")
    card.wait_for()
    assert phone.locator(".error:visible").count() == 0
    phone.unroute(MODULE)
    with phone.expect_request(START) as started:
        card.get_by_role("button", name="Try again").click()
    (wanted,) = StartRequest.model_validate_json(started.value.post_data or "").uploads
    assert wanted.sha256 == hashlib.sha256(receipt_bytes(7003)).hexdigest()
    uploaded(phone)


def test_with_webcrypto_the_module_is_not_asked_for(phone: "Page", receipts: str) -> None:
    asked = modules(phone)
    open_form(phone, receipts)
    add_photo(phone, 7004)
    uploaded(phone)
    assert asked == []
