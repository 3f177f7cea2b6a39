"""Every kind of field, both ways to enter, several receipts, an age gate and a challenge: one page that has them all.

The page is rendered here and handed to the browser by its router, as is what
the server answers; nothing else has to run.
"""

from typing import TYPE_CHECKING, Any

import pytest

from campaigns.rendering import PageContent, PageField, PageOption
from ingest_lambda.contract import FieldKind, StartRequest, SubmitRequest
from tests.browser.rendered import SITE, serve
from tests.browser.visiting import START, SUBMIT, now, open_form, outcome, photo, send, uploaded
from tests.campaigns.pages import make_content
from tests.support.browsers import assert_accessible, take_screenshot

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

pytestmark = pytest.mark.browser

BOTH = ("purchase", "free")


def words(text: str) -> dict[str, str]:
    return {"en": text}


def options(count: int) -> tuple[PageOption, ...]:
    return tuple(PageOption(value=f"v{n}", label=words(f"Option {n}")) for n in range(count))


def everything(**overrides: Any) -> PageContent:
    """Make a page that asks for everything that can be asked for."""
    by_receipt = ("purchase",)
    fields = (
        PageField(
            name="receipt",
            kind=FieldKind.RECEIPT_IMAGE,
            label=words("Your receipts"),
            routes=by_receipt,
            max_receipts=2,
            images_per_receipt=2,
        ),
        PageField(name="email", kind=FieldKind.EMAIL, label=words("E-mail"), routes=BOTH),
        PageField(name="phone", kind=FieldKind.PHONE, label=words("Phone")),
        PageField(name="postcode", kind=FieldKind.POSTAL_CODE, label=words("Postcode")),
        PageField(
            name="bought_on",
            kind=FieldKind.DATE,
            label=words("Bought on"),
            minimum="2026-06-01",
            routes=by_receipt,
        ),
        PageField(
            name="born_on", kind=FieldKind.BIRTH_DATE, minimum_age=18, label=words("Date of birth")
        ),
        PageField(
            name="packs", kind=FieldKind.NUMBER, label=words("Packs"), minimum="1", maximum="9.5"
        ),
        PageField(
            name="code", kind=FieldKind.TEXT, label=words("Code"), pattern="[A-Z]{3}", min_length=3
        ),
        PageField(name="taste", kind=FieldKind.CHOICE, label=words("Taste"), options=options(2)),
        PageField(name="shop", kind=FieldKind.CHOICE, label=words("Shop"), options=options(8)),
        PageField(name="also", kind=FieldKind.CHOICES, label=words("Also"), options=options(3)),
        PageField(
            name="why", kind=FieldKind.LONG_TEXT, label=words("Why"), required=False, max_length=50
        ),
        PageField(name="utm_source", kind=FieldKind.HIDDEN, label={}),
        PageField(
            name="selfie", kind=FieldKind.OTHER_IMAGE, label=words("A picture"), required=False
        ),
        PageField(name="accept_rules", kind="consent", label=words("I accept the rules")),
        PageField(name="news", kind="consent", label=words("Send me news"), required=False),
    )
    return make_content(
        **{"languages": ("en",), "fields": fields, "routes": BOTH, "type_pair": "rounded"}
        | overrides
    )


def answer_all(page: "Page") -> None:
    """Give everything that is asked for, all of it good."""
    page.fill("#f-born_on", "1990-02-28")
    page.fill("#f-email", "ada@example.com")
    page.fill("#f-phone", "020 7946 0958")
    page.fill("#f-postcode", "bs1 4xx")
    if page.is_visible("#f-bought_on"):
        page.fill("#f-bought_on", "2026-06-02")
    page.fill("#f-packs", "2,5")
    page.fill("#f-code", "ABC")
    page.check("#f-taste-2")
    page.select_option("#f-shop", "v7")
    page.check("#f-also")
    page.check("#f-also-3")
    page.check("#f-accept_rules")


def sent(page: "Page") -> SubmitRequest:
    """Press Send and return what was sent."""
    with page.expect_request(SUBMIT) as request:
        send(page)
    return SubmitRequest.model_validate_json(request.value.post_data or "")


def _asked(request: "Request") -> StartRequest:
    return StartRequest.model_validate_json(request.post_data or "")


def test_every_kind_of_answer_is_sent_in_the_form_that_the_server_reads(phone: "Page") -> None:
    serve(phone, everything())
    open_form(phone, f"{SITE}?utm_source=poster")
    assert_accessible(phone)
    take_screenshot(phone, "page-every-kind")
    phone.set_input_files("#f-receipt", photo(1))
    uploaded(phone)
    answer_all(phone)
    submission = sent(phone)
    assert submission.answers == {
        "born_on": "1990-02-28",
        "email": "ada@example.com",
        "phone": "020 7946 0958",
        "postcode": "BS1 4XX",
        "bought_on": "2026-06-02",
        "packs": "2.5",
        "code": "ABC",
        "taste": "v1",
        "shop": "v7",
        "also": ["v0", "v2"],
        "utm_source": "poster",
    }
    assert submission.consents == {"accept_rules": True, "news": False}
    assert submission.trap == ""
    outcome(phone, "pending_review")


WRONG = (
    ("email", "ada@", "name@example.com"),
    ("phone", "call me", "in digits"),
    ("postcode", "12345", "check this postcode"),
    ("bought_on", "2026-05-31", "on or after 1 June 2026"),
    ("packs", "many", "enter a number"),
    ("packs", "0", "1 or more"),
    ("packs", "10", "9.5 or less"),
    ("code", "AB", "at least 3"),
    ("code", "abc", "isn’t in the form we expect"),
    ("born_on", "1890-01-01", "date of birth"),
)


def test_what_is_wrong_is_said_beside_the_field_before_anything_is_sent(phone: "Page") -> None:
    serve(phone, everything())
    calls: list[str] = []
    phone.on("request", lambda one: calls.append(one.url) if SUBMIT.search(one.url) else None)
    for field, value, said in WRONG:
        open_form(phone, SITE)
        answer_all(phone)
        phone.fill(f"#f-{field}", value)
        send(phone)
        phone.wait_for_selector("#summary:not([hidden])")
        assert said in phone.inner_text(f"#e-{field}"), (field, value)
        assert phone.inner_text("#summary").count(said) == 1, (field, value)
    assert not calls


def test_who_enters_without_a_purchase_is_asked_for_no_receipt(phone: "Page") -> None:
    serve(phone, everything())
    open_form(phone, SITE)
    phone.set_input_files("#f-receipt", photo(2))
    uploaded(phone)
    with phone.expect_request(START) as started:
        phone.check("input[name=route][value=free]")
        assert phone.is_hidden("#f-receipt")
        answer_all(phone)
    submission = sent(phone)
    assert "bought_on" not in submission.answers
    begun = StartRequest.model_validate_json(started.value.post_data or "")
    assert (begun.route, begun.token, begun.uploads) == ("free", None, ())
    # What is reloaded before the answer is there was never sent.
    outcome(phone, "pending_review")
    phone.reload()
    outcome(phone, "pending_review")


def test_several_receipts_stand_apart_each_with_its_photos(phone: "Page") -> None:
    serve(phone, everything())
    open_form(phone, SITE)
    requests: list[Request] = []
    phone.on(
        "request", lambda request: requests.append(request) if START.search(request.url) else None
    )
    phone.set_input_files("#f-receipt", photo(3))
    uploaded(phone)
    for number, (button, count) in enumerate(
        [("Add another receipt", 2), ("Add another photo of the same receipt", 3)], start=4
    ):
        with phone.expect_file_chooser() as chooser:
            phone.get_by_role("button", name=button).first.click()
        chooser.value.set_files(photo(number))
        uploaded(phone, count)
    assert phone.locator(".receipt-number").all_inner_texts() == ["Receipt 1", "Receipt 2"]
    assert phone.get_by_role("button", name="Add another receipt").count() == 0
    assert_accessible(phone)
    take_screenshot(phone, "page-several-receipts")
    last = StartRequest.model_validate_json(requests[-1].post_data or "").uploads
    assert sorted(upload.receipt for upload in last) == [1, 1, 2]
    assert len({(upload.receipt, upload.part) for upload in last}) == 3


def test_who_is_too_young_reads_one_sentence_and_nothing_of_them_is_sent_or_kept(
    phone: "Page",
) -> None:
    serve(phone, everything(routes=("free",), route="free"))
    open_form(phone, SITE)
    calls: list[str] = []
    phone.on(
        "request", lambda request: calls.append(request.url) if "/v1/" in request.url else None
    )
    first = phone.locator("#form [data-label]").first
    assert first.get_attribute("data-answer") == "born_on"
    phone.fill("#f-born_on", f"{now().year - 17}-01-01")
    answer_all(phone)
    phone.fill("#f-born_on", f"{now().year - 17}-01-01")
    calls.clear()
    send(phone)
    phone.wait_for_selector("#notice:not([hidden])")
    assert phone.inner_text("#notice") == "Sorry, you can’t enter this promotion."
    assert phone.is_hidden("#form")
    assert calls == []
    assert phone.evaluate("Object.keys(localStorage)") == []
    phone.reload()
    phone.wait_for_selector("#notice:not([hidden])")
    assert phone.is_hidden("#form")


def test_a_challenge_is_asked_for_once_and_its_proof_goes_to_start(phone: "Page") -> None:
    serve(phone, everything(challenge_provider="turnstile", challenge_site_key="0x4AAA"))
    widget = (
        "window.turnstile = { render: (place, options) => {"
        " place.textContent = options.sitekey; options.callback('proof'); }, remove() {} };"
    )
    phone.route(
        "https://challenges.cloudflare.com/**",
        lambda route: route.fulfill(body=widget, content_type="text/javascript"),
    )
    open_form(phone, SITE)
    with phone.expect_request(START) as started:
        phone.fill("#f-email", "ada@example.com")
    assert _asked(started.value).challenge == "proof"
    with phone.expect_request(START) as renewed:
        phone.set_input_files("#f-receipt", photo(6))
    assert _asked(renewed.value).challenge is None


def test_a_challenge_that_cannot_be_loaded_keeps_nobody_out(phone: "Page") -> None:
    serve(phone, everything(challenge_provider="turnstile", challenge_site_key="0x4AAA"))
    phone.route("https://challenges.cloudflare.com/**", lambda route: route.abort())
    open_form(phone, SITE)
    with phone.expect_request(START) as started:
        phone.fill("#f-email", "ada@example.com")
    assert _asked(started.value).challenge is None


def test_a_field_called_as_what_every_object_has_is_neither_filled_in_nor_agreed_to(
    phone: "Page",
) -> None:
    text = PageField(name="constructor", kind=FieldKind.TEXT, label=words("Built by"))
    serve(phone, make_content(fields=(text,), languages=("en",)))
    open_form(phone, SITE)
    assert phone.input_value("#f-constructor") == ""
    serve(phone, make_content(fields=(text.model_copy(update={"kind": "consent"}),)))
    open_form(phone, SITE)
    assert not phone.is_checked("#f-constructor")
