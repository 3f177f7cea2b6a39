"""The page's reading of answers: as the writer reads them, told at the field, with a proposal where there is one."""

import json
import time
import unicodedata
from datetime import timedelta
from email.utils import format_datetime
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from campaigns.rendering import PageContent, PageField
from ingest_lambda.contract import FieldKind, PageState, StartRequest, SubmitRequest
from ingest_lambda.contract.grammar.page import page_grammar
from tests.browser.rendered import SITE, serve
from tests.browser.visiting import START, SUBMIT, now, open_form, outcome, send
from tests.campaigns.pages import make_content
from tests.contract.golden_answers import ANSWERS, READ, TODAY, place, read
from tests.contract.test_grammar import noisy
from tests.support.examples import examples

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

READ_ALL = """async ([asked, grammars, today]) => {
  const module = document.querySelector("link[rel=modulepreload]").href;
  const rules = await import(new URL("./grammar.js", module));
  const readers = {
    email: rules.readEmail, phone: rules.readPhone, postal_code: rules.readPostalCode, number: rules.readNumber,
    date: (typed, grammar) => rules.readDay(typed, grammar, today),
    text: (typed, grammar) => rules.readText(typed, grammar),
    hidden: (typed, grammar) => ({ kept: rules.cut(rules.clean(typed.replace(/\ufffd/g, ""), grammar), grammar.most_hidden), wrong: "", proposal: "" }),
    email_proposal: (typed, grammar) => rules.likelyEmail(typed, grammar),
  };
  return asked.map(([kind, typed, where, country]) => readers[kind](typed, grammars[where], [country]));
}"""
"""Ask the page's own module about thousands of answers at once."""


def where(golden: dict[str, Any]) -> tuple[str, str]:
    return golden.get("country", "GB"), golden.get("language", "en")


def by_page(page: "Page", asked: list[tuple[dict[str, Any], str]]) -> list[Any]:
    """Read answers, typed where their golden ones were, on the page."""
    serve(page, make_content(languages=("en",), fields=FIELDS))
    open_form(page, SITE)
    places = {where(golden) for golden, _typed in asked}
    grammars = {" ".join(pair): page_grammar([pair[0]], pair[1]) for pair in places}
    rows = [
        [golden["kind"], typed, " ".join(where(golden)), where(golden)[0]]
        for golden, typed in asked
    ]
    found: list[Any] = page.evaluate(READ_ALL, [rows, grammars, TODAY.isoformat()])
    return found


def words(text: str) -> dict[str, str]:
    return {"en": text, "de": text}


FIELDS = (
    PageField(name="email", kind=FieldKind.EMAIL, label=words("E-mail")),
    PageField(name="phone", kind=FieldKind.PHONE, label=words("Phone"), required=False),
    PageField(name="postcode", kind=FieldKind.POSTAL_CODE, label=words("Postcode"), required=False),
    PageField(name="total", kind=FieldKind.NUMBER, label=words("Total"), required=False),
    PageField(
        name="bought_on",
        kind=FieldKind.DATE,
        meaning="purchase_date",
        label=words("Bought on"),
        required=False,
    ),
    PageField(name="name", kind=FieldKind.TEXT, label=words("Name"), required=False, max_length=5),
    PageField(name="utm_source", kind=FieldKind.HIDDEN, label={}),
)


def test_the_page_reads_every_golden_answer_as_the_writer_does(phone: "Page") -> None:
    found = by_page(phone, [(golden, golden["typed"]) for golden in ANSWERS])
    for golden, said in zip(ANSWERS, found, strict=True):
        if golden["kind"] == "email_proposal":
            assert (golden["typed"], said) == (golden["typed"], golden["proposal"] or "")
            continue
        ours = read(golden["kind"], golden["typed"], **place(golden))
        assert (golden["typed"], said["wrong"]) == (golden["typed"], ours.wrong)
        assert (golden["typed"], said["proposal"]) == (golden["typed"], ours.proposal)
        if golden["kind"] != "phone":  # which number it is, the server knows
            assert (golden["typed"], said["kept"]) == (golden["typed"], ours.kept)


@pytest.mark.parametrize("marks", ["\u0301\u0327", "\u0f73\u0f81"])
def test_accents_in_a_row_are_refused_before_they_are_put_in_order(
    phone: "Page", marks: str
) -> None:
    """To order so many takes a browser half a minute and more, which a link or a pasted text could ask for."""
    flood = f"a{marks * 50_000}"
    begun = time.monotonic()
    found = by_page(phone, [({"kind": kind}, flood) for kind in ("email", "number")])
    assert [said["wrong"] for said in found] == ["bad_email", "bad_number"]
    assert time.monotonic() - begun < 12


def test_page_and_writer_give_one_verdict_on_every_spelling(phone: "Page") -> None:
    tried: list[tuple[dict[str, Any], str]] = []

    @settings(max_examples=examples(5000), database=None)
    @given(noisy("email", "phone", "postal_code", "number", "date", "text", "hidden"))
    def collect(pair: Any) -> None:
        tried.append(pair)

    collect()
    # Each refused one too, with half of it doubled or gone: most are refused still.
    for golden in READ:
        half = len(golden["typed"]) // 2
        tried += [
            (golden, golden["typed"][:half] + golden["typed"]),
            (golden, golden["typed"][half:]),
        ]
    # Two halves that meet are one character, in a browser as in what the writer gets.
    tried = [(golden, json.loads(json.dumps(typed))) for golden, typed in tried]
    for (golden, typed), said in zip(tried, by_page(phone, tried), strict=True):
        ours = read(golden["kind"], typed, **place(golden))
        assert (golden["kind"], typed, said["wrong"]) == (golden["kind"], typed, ours.wrong)
        if golden["kind"] != "phone":
            assert (golden["kind"], typed, said["kept"]) == (golden["kind"], typed, ours.kept)


LETTERS = "a1-\u00fc\u0301\u05d0\u0627\u0661\u200c\u200d\u0915\u094d\u0628"
"""One of each kind that the rules of domains tell apart: by direction, by what joins, by what stands over another."""


def test_page_and_writer_know_the_same_domains(phone: "Page") -> None:
    domains = ["".join(label) + ".example" for label in product(LETTERS, repeat=3)]
    domains += [f"{one}.{two}z.example" for one, two in product(LETTERS, repeat=2)]
    asked = [({"kind": "email"}, f"zoe@{domain}") for domain in domains]
    for (_golden, typed), said in zip(asked, by_page(phone, asked), strict=True):
        assert (typed, said["kept"]) == (typed, read("email", typed).kept)


PLACES = {
    "email": (
        "{}zoe@x.example",
        "zo{}e@x.example",
        "zoe{}@x.example",
        "zoe@{}x.example",
        "zoe@x{}y.example",
        "zoe@x.{}",
        "zoe@x.example{}",
        "ma{}lto:zoe@x.example",
        "courriel{}: zoe@x.example",
        "correo electr{}nico: zoe@x.example",
        '"zo{}e"@x.example',
        "Zoe{}<zoe@x.example>",
    ),
    "email_proposal": ("zoe@gma{}l.com", "zoe@gmail.co{}", "zo{}e@gmial.com"),
    "phone": (
        "07700{}900123",
        "{}07700900123",
        "07700900123{}",
        "mob{}le 07700900123",
        "what{}app 07700900123",
        "tel{} 07700900123",
        "{}: 07700900123",
        "07700900123 e{}t 12",
        "07700900123 ({}uro)",
        "07700900123 extens{}\u00f3n 12",
        "07700900123{}07700900124",
        "07700900123 {} 07700900124",
    ),
    "postal_code": ("SW1A{}1AA", "{}SW1A1AA", "SW1A1AA{}", "SW{}A 1AA"),
    "number": ("12{}50", "{}12", "1{}234", "12 eur{}s", "12 le{}", "A{}$12", "12.{}", "-{}5"),
    "date": ("2026{}06-01", "2026{}6{}1", "2026-06-0{}"),
    "text": ("a{}b", "{}", "\u0646{}\u0646", "{}\u0301", "a\u200d{}"),
    "hidden": ("a{}", f"{'a' * 299}{{}}", f"{'a' * 300}{{}}"),
}
"""Where a character may stand that one of the two could read otherwise, by kind of answer."""


@pytest.mark.soak
@pytest.mark.parametrize(
    ("kind", "form"), [(kind, form) for kind, forms in PLACES.items() for form in forms]
)
def test_page_and_writer_give_one_verdict_on_every_character(
    phone: "Page", kind: str, form: str
) -> None:
    """Of those that this Python's Unicode knows; a browser's may know more."""
    signs = [
        sign
        for sign in map(chr, range(0x110000))
        if unicodedata.category(sign) not in ("Cn", "Co", "Cs")
    ]
    asked = [({"kind": kind}, form.replace("{}", sign)) for sign in signs]
    differ = []
    for (_golden, typed), said in zip(asked, by_page(phone, asked), strict=True):
        if kind == "email_proposal":
            assert (typed, said) in ((typed, ""), (typed, read("email", said).kept))
            continue
        ours = read(kind, typed)
        is_kept_alike = kind == "phone" or said["kept"] == ours.kept
        if said["wrong"] != ours.wrong or not is_kept_alike:
            differ.append((typed, said, ours))
    assert not differ


def german(**overrides: Any) -> PageContent:
    return make_content(
        **{"languages": ("de",), "countries": ("DE",), "fields": FIELDS, **overrides}
    )


def sent(page: "Page") -> dict[str, Any]:
    with page.expect_request(SUBMIT) as request:
        send(page)
    return SubmitRequest.model_validate_json(request.value.post_data or "").answers


def test_what_is_sent_is_cleaned_in_the_page_s_language_with_where_it_came_from(
    phone: "Page",
) -> None:
    serve(phone, german())
    long = "\U0001f600" * 301
    with phone.expect_request(START) as started:
        open_form(
            phone,
            f"{SITE}?utm_source=news%0Aletter%ED%A0%BD&gclid={long}&fbclid=%09&s=shop%0Awindow",
        )
        phone.fill("#f-email", "mailto:Zoe@M\u00dcLLER.example\u200b;")
    assert StartRequest.model_validate_json(started.value.post_data or "").source == "shop window"
    phone.fill("#f-phone", "\u202a0170\u2011123 45 67\u202c")
    phone.fill("#f-postcode", "D\u201310115")
    phone.fill("#f-total", "1.234,50 \u20ac")
    phone.evaluate("document.getElementById('f-name').value = '\\u{1f600}'.repeat(5) + '\\ud83d'")
    assert sent(phone) == {
        "email": "Zoe@m\u00fcller.example",
        "phone": "0170-123 45 67",
        "postcode": "10115",
        "total": "1234.50",
        "name": "\U0001f600" * 5,
        "utm_source": "news letter",
        "gclid": "\U0001f600" * 300,
    }
    outcome(phone, "pending_review")


def test_a_number_that_the_language_would_read_otherwise_is_sent_as_a_number(phone: "Page") -> None:
    serve(phone, german())
    open_form(phone, SITE)
    phone.fill("#f-email", "zoe@example.com")
    phone.fill("#f-total", "1,234")
    assert sent(phone)["total"] == 1.234


@pytest.mark.parametrize(
    ("field", "typed", "said", "offered", "taken"),
    [
        ("email", "o\u2019brien@example.com", "curly apostrophe", "o'brien@example.com", None),
        ("email", "zoe..w@example.com", "dots", "zoe.w@example.com", None),
        ("email", "j\u00f6rg@example.com", "without accents", None, None),
        ("email", "zoe@gmial", "after the @", "zoe@gmail.com", None),
        ("bought_on", "0026-06-01", "the year", "1 June 2026", "2026-06-01"),
        ("postcode", "SWlA 1AA", "like SW1A 1AA", "SW1A 1AA", None),
        ("phone", "07700 900123 / 07700 900124", "one phone number only", None, None),
        ("name", "Zo\u00eb Zo", "at most 5", None, None),
    ],
)
def test_what_cannot_be_meant_is_said_at_the_field_with_one_press_to_mend_it(
    phone: "Page", field: str, typed: str, said: str, offered: str | None, taken: str | None
) -> None:
    serve(phone, make_content(languages=("en",), fields=FIELDS))
    open_form(phone, SITE)
    phone.fill("#f-email", "zoe@example.com")
    phone.fill(f"#f-{field}", typed)
    send(phone)
    phone.wait_for_selector("#summary:not([hidden])")
    assert said in phone.inner_text(f"#e-{field}")
    offer = phone.locator(f"[data-answer={field}] .offer button")
    assert offer.count() == (offered is not None)
    if offered:
        assert offered in offer.inner_text()
        offer.click()
        assert sent(phone)[field] == (taken or offered)


def test_without_its_grammar_the_page_sends_what_was_typed(phone: "Page") -> None:
    serve(phone, make_content(languages=("en",), fields=FIELDS))
    phone.route("**/grammar.js", lambda route: route.abort())
    open_form(phone, f"{SITE}?utm_medium=mail%EF%BF%BF")
    phone.fill("#f-email", "o\u2019brien@example.com\ufffe")
    assert sent(phone) == {"email": "o\u2019brien@example.com", "utm_medium": "mail"}


def test_a_source_of_which_nothing_can_be_read_is_not_sent(phone: "Page") -> None:
    """A queue takes no U+FFFF: one poster's address would refuse every entry that came by it."""
    serve(phone, make_content(languages=("en",), fields=FIELDS))
    open_form(phone, f"{SITE}?utm_source=%EF%BF%BF")
    phone.fill("#f-email", "ada@example.com")
    assert sent(phone) == {"email": "ada@example.com"}


def test_a_purchase_of_today_is_taken_from_a_phone_whose_clock_is_days_behind(
    phone: "Page",
) -> None:
    serve(phone, make_content(languages=("en",), fields=FIELDS))
    body = PageState.model_validate(
        {
            "state": "live",
            "opens_at": now() - timedelta(days=9),
            "closes_at": now() + timedelta(days=9),
            "release": 1,
        }
    ).model_dump_json()
    dated = {"Date": format_datetime(now(), usegmt=True), "Content-Type": "application/json"}
    phone.route("**/state.json", lambda route: route.fulfill(body=body, headers=dated))
    phone.clock.set_fixed_time(now() - timedelta(days=5))
    open_form(phone, SITE)
    phone.fill("#f-email", "zoe@example.com")
    today = now().date().isoformat()
    phone.fill("#f-bought_on", today)
    assert sent(phone)["bought_on"] == today
