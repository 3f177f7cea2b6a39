"""The page in its four languages, with a name that is written from right to left: read by machines, and looked at."""

from typing import TYPE_CHECKING

import pytest

from campaigns.rendering import PageField
from ingest_lambda.contract import ReasonCode
from tests.browser.rendered import SITE, serve
from tests.browser.visiting import (
    add_photo,
    answer_status,
    now,
    open_form,
    outcome,
    send,
    shown,
    status,
    uploaded,
)
from tests.campaigns.pages import make_content
from tests.support.browsers import assert_accessible, take_screenshot

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

RULES = """# 1. Who can enter
Residents of the UK aged 18 or over. See [the privacy notice](privacy).

- not: staff
- not: their families

1. Buy two packs.
2. Send the receipt."""
LANGUAGES = ("en", "es", "de", "fr")
NAME = "نورة الأحمد"


@pytest.mark.parametrize("language", LANGUAGES)
def test_everyone_can_use_the_page_in_every_language_with_a_name_from_right_to_left(
    phone: "Page", language: str
) -> None:
    both = {"en": "Name", "es": "Nombre", "de": "Name", "fr": "Nom"}
    agree = {
        "en": "I accept the official rules.",
        "es": "Acepto las bases legales.",
        "de": "Ich nehme die Teilnahmebedingungen an.",
        "fr": "J’accepte le règlement.",
    }
    content = make_content(
        languages=LANGUAGES,
        closes_at=now().replace(year=now().year + 1),
        client_name=NAME,
        headline=dict.fromkeys(LANGUAGES, f"{NAME} – Summer"),
        prizes=dict.fromkeys(LANGUAGES, "10 × 2"),
        rules=dict.fromkeys(LANGUAGES, RULES),
        privacy_url="https://north.example/privacy",
        fields=(
            PageField(name="given_name", kind="text", label=both),
            PageField(
                name="email",
                kind="email",
                meaning="email",
                label=dict.fromkeys(LANGUAGES, "E-mail"),
            ),
            PageField(name="receipt", kind="receipt_image", label=dict.fromkeys(LANGUAGES, "Bon")),
            PageField(name="accept_rules", kind="consent", purpose="rules", label=agree),
        ),
    )
    serve(phone, content)
    open_form(phone, SITE if language == "en" else f"{SITE}{language}/")
    phone.click("summary")
    send(phone)
    phone.wait_for_selector("#summary:not([hidden])")
    assert_accessible(phone)
    take_screenshot(phone, f"page-in-{language}")
    phone.fill("#f-given_name", NAME)
    phone.fill("#f-email", "noura@example.com")
    add_photo(phone, 1)
    uploaded(phone)
    phone.check("#f-accept_rules")
    # What was mended is no longer asked for above.
    phone.wait_for_selector("#summary:not(:has(a:not(.mended)))")
    assert_accessible(phone)
    limited = shown(ReasonCode.ILLEGIBLE)
    answer_status(
        phone,
        status(
            "pending_review", received_at=now(), decide_by=now().replace(hour=0), reasons=(limited,)
        ),
    )
    send(phone)
    outcome(phone, "pending_review")
    assert "undefined" not in phone.inner_text("body")
    assert_accessible(phone)
    phone.set_viewport_size({"width": 1440, "height": 900})
    take_screenshot(phone, f"page-sent-in-{language}")
    inside = "() => { const [box, card] = ['.reference', '.entry'].map((one) => document.querySelector(one).getBoundingClientRect()); return box.right <= card.right - 24; }"
    assert phone.evaluate(inside), "the reference stays inside its card"
