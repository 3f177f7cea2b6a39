"""One grammar: what the golden answers become, and what every neighbour of theirs has in common."""

import json
import unicodedata
from typing import Any

import pytest
from django.core.mail.message import sanitize_address
from django.core.validators import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_lambda.contract import ReasonCode, Route
from ingest_lambda.contract.grammar.email import read_email, sending_address, spellings
from ingest_lambda.contract.grammar.reading import Reading
from ingest_lambda.contract.grammar.text import clean, clean_prose, whole_characters
from ingest_lambda.rules.answers import judge_answers
from ingest_lambda.rules.people import normalise_email, normalise_household, normalise_phone
from tests.contract.golden_answers import ANSWERS, READ, TODAY, place, read
from tests.ingest_lambda.writing import EMAIL_FIELD, make_manifest
from tests.support.examples import examples

INVISIBLE = "\u200b\u200e\u200f\u2060\ufeff\u00ad\u202a\u202c\u2066\u2069\uffff\ud83d\x00"
SPACES = " \u00a0\u202f\u3000\t\x0b\u2028"
GOOD = [golden for golden in READ if golden.get("kept")]
OF_KIND = {kind: [g for g in GOOD if g["kind"] == kind] for kind in {g["kind"] for g in GOOD}}


@st.composite
def spelled_otherwise(draw: Any, text: str) -> str:
    """Put characters in that nobody sees, and spaces around."""
    for sign in draw(st.lists(st.sampled_from(INVISIBLE), max_size=4)):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + sign + text[at:]
    before, behind = (draw(st.sampled_from(["", *SPACES])) for _side in range(2))
    return f"{before}{text}{behind}"


@st.composite
def noisy(draw: Any, *kinds: str) -> tuple[dict[str, Any], str]:
    """Draw a good golden answer and another spelling of it, full-width letters and long dashes included."""
    golden = draw(st.sampled_from([g for kind in kinds for g in OF_KIND[kind]]))
    typed = golden["typed"]
    if draw(st.booleans()):
        typed = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in typed)
    if draw(st.booleans()):
        typed = typed.replace("-", draw(st.sampled_from("\u2010\u2011\u2012\u2013\u2212")))
    return golden, draw(spelled_otherwise(typed))


def test_every_golden_answer_is_kept_or_refused_as_it_says() -> None:
    found = [read(golden["kind"], golden["typed"], **place(golden)) for golden in READ]
    wanted = [
        Reading(
            kept=golden.get("kept", ""),
            wrong=golden.get("refused", ""),
            proposal=golden.get("proposal", ""),
        )
        for golden in READ
    ]
    for golden, one, other in zip(READ, found, wanted, strict=True):
        assert (golden["typed"], one) == (golden["typed"], other)


def test_the_writer_keeps_and_refuses_the_golden_answers_alike() -> None:
    for golden in READ:
        field = {"name": "it", "kind": golden["kind"], "required": False}
        if golden["kind"] == "date":
            field["meaning"] = "purchase_date"
        country = golden.get("country", "GB")
        manifest = make_manifest(countries=(country,), fields=(field, EMAIL_FIELD))
        clean_answers, reasons = judge_answers(
            manifest,
            {"it": golden["typed"], "email": "ann@example.com"},
            {},
            route=Route.PURCHASE,
            entered_on=TODAY,
            language=golden.get("language", "en"),
        )
        wanted = golden.get("kept") or None
        assert (golden["typed"], clean_answers.get("it")) == (golden["typed"], wanted)
        refused = "refused" in golden and bool(clean(golden["typed"]))
        assert [reason.code for reason in reasons] == [ReasonCode.ANSWER_NOT_UNDERSTOOD] * refused


@settings(max_examples=examples(1500))
@given(noisy("email", "phone", "postal_code", "number", "date", "text", "hidden"))
def test_what_nobody_sees_changes_no_answer_and_what_is_kept_stays(pair: Any) -> None:
    golden, typed = pair
    where = place(golden)
    # A joiner's neighbours or a cut at a whole character may be what the noise is about.
    if golden["kind"] in ("text", "hidden"):
        kept = read(golden["kind"], typed, **where).kept
        assert read(golden["kind"], kept, **where).kept == kept
        return
    assert (typed, read(golden["kind"], typed, **where).kept) == (typed, golden["kept"])
    if golden["kind"] != "number":
        assert read(golden["kind"], golden["kept"], **where).kept == golden["kept"]


@settings(max_examples=examples(1500))
@given(noisy("email"), st.booleans())
def test_one_mailbox_has_one_hash_and_can_be_written_to(pair: Any, upper: bool) -> None:
    golden, typed = pair
    typed = typed.upper() if upper and golden["kept"].isascii() else typed
    assert normalise_email(typed) == normalise_email(golden["kept"])
    address = sending_address(read("email", typed).kept)
    validate_email(address)
    assert sanitize_address(address, "utf-8") == address


@settings(max_examples=examples(500))
@given(noisy("phone"))
def test_one_phone_has_one_number(pair: Any) -> None:
    golden, typed = pair
    assert normalise_phone(typed, countries=[golden["country"]]) == golden["kept"]


@settings(max_examples=examples(1500))
@given(st.text(alphabet=st.characters(), max_size=60))
def test_whatever_is_typed_is_cleaned_once_and_for_all(typed: str) -> None:
    for tidy in (clean, clean_prose, lambda text: whole_characters(clean(text), 10)):
        try:
            kept = tidy(typed)
        except ValueError:
            continue
        assert tidy(kept) == kept
        kept.encode()


@settings(max_examples=examples(1500))
@given(
    st.text(alphabet="zoe.@-_;,'\"<>()[]\\ %?=:\u2019\u00fc\u3002\uff20mailto", max_size=30),
    st.sampled_from(["", "zoe@example.com"]),
)
def test_whatever_is_kept_as_an_address_can_be_written_to(noise: str, address: str) -> None:
    kept = read("email", noise + address).kept
    if kept:
        validate_email(sending_address(kept))
        assert read("email", kept).kept == kept


def test_both_spellings_of_a_domain_are_one_person_and_found_alike() -> None:
    typed = ("zoe@m\u00fcller.example", "Zoe@xn--mller-kva.example", "zoe@MU\u0308LLER.example")
    assert len({normalise_email(one) for one in typed}) == 1
    assert len({frozenset(spellings(one)) for one in typed}) == 1
    # As browsers have it; the older standard would write to strasse.example, which is another's.
    assert sending_address("zoe@stra\u00dfe.example") == "zoe@xn--strae-oqa.example"


def test_one_home_is_one_however_it_was_pasted() -> None:
    spelled = ("1 High Street", "1\u00a0High\u200b Street", "\uff11 High Street")
    assert len({normalise_household(one, "SW1A\u20111AA") for one in spelled}) == 1


@pytest.mark.parametrize(
    "spelled",
    [
        ("12a High Street", "12A High St.", "12 A High Street"),
        ("5 bis boulevard Voltaire", "5bis bd Voltaire"),
        ("Calle Mayor 3", "C/ Mayor n\u00ba 3", "calle Mayor, n\u00famero 3", "c. Mayor N\u00b0 3"),
        ("Hauptstra\u00dfe 5 b", "Hauptstr. Nr. 5b"),
        ("3 Calle Mayor", "3 C/ Mayor"),
    ],
)
def test_one_door_is_one_however_its_number_is_written(spelled: tuple[str, ...]) -> None:
    assert len({normalise_household(one, "10115") for one in spelled}) == 1


def test_other_doors_are_others() -> None:
    doors = (
        "12 High St",
        "12a High St",
        "12b High St",
        "1/2 High St",
        "Flat 1, 2 High St",
        "Flat 2, 1 High St",
    )
    assert len({normalise_household(one, "10115") for one in doors}) == len(doors)


def test_more_marks_than_any_writing_needs_are_refused_also_behind_what_is_dropped() -> None:
    for text in ("a" + "\u0301" * 32, "a" + "\u0301\u200b" * 32):
        with pytest.raises(ValueError, match="marks"):
            clean(text)


def test_long_text_keeps_its_lines_and_its_dashes() -> None:
    typed = "\u200bFirst\u00a0line \u2013 good \r\nsecond\tline\u2028third\uff01\x0bpart\n\n"
    assert clean_prose(typed) == "First line \u2013 good\nsecond line\nthird\uff01 part"


def test_the_golden_answers_have_twenty_neighbours_of_each_kind() -> None:
    kinds = [golden["kind"] for golden in ANSWERS]
    assert {kind: kinds.count(kind) >= 20 for kind in kinds} == dict.fromkeys(kinds, True)
    assert json.dumps(ANSWERS).isascii()


@pytest.mark.parametrize("code", [0xD800, 0xDC00, 0xDFFF])
def test_a_domain_that_spells_half_a_character_is_looked_for_as_it_is(code: int) -> None:
    domain = f"xn--{f'a{chr(code)}'.encode('punycode').decode()}.com"
    assert spellings(f"ann@{domain}") == {f"ann@{domain}"}


@pytest.mark.parametrize(
    "typed",
    [
        "a@\ufb01\u0300.example.com",
        "a@x\ufb01\u200d\U0001d158.example.com",
        "a@n\u0130\u0f71\u0f72.example.com",
        "mailto:a@\ufb03\u0301.example.com",
    ],
)
def test_an_address_that_is_kept_is_read_as_itself(typed: str) -> None:
    kept = read_email(typed).kept
    assert kept
    assert read_email(kept).kept == kept
    assert unicodedata.is_normalized("NFC", kept)
