"""The rules of the public path: answers, people, windows and tokens."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_lambda.adapters.tokens import sign, verify
from ingest_lambda.contract import ReasonCode, Route, Window
from ingest_lambda.errors import BadToken
from ingest_lambda.rules.answers import age_on, judge_answers
from ingest_lambda.rules.people import (
    keyed_hash,
    normalise_email,
    normalise_household,
    normalise_phone,
)
from ingest_lambda.rules.windows import window_ends_at, window_key, working_days_after
from tests.ingest_lambda.writing import EMAIL_FIELD, KEYS, make_manifest, make_payload

TODAY = date(2026, 6, 10)
ZONES = st.sampled_from(["Europe/London", "Australia/Lord_Howe", "America/New_York", "UTC"])
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))


def judge(value: Any, **field: Any) -> tuple[Any, list[ReasonCode]]:
    manifest = make_manifest(fields=({"name": "it", "kind": "text"} | field, EMAIL_FIELD))
    answers = {"it": value, "email": "ann@example.com"}
    clean, reasons = judge_answers(manifest, answers, {}, route=Route.PURCHASE, entered_on=TODAY)
    return clean.get("it"), [reason.code for reason in reasons]


@pytest.mark.parametrize(
    ("value", "field", "stored"),
    [
        (" Zoë 🎉 ", {}, "Zoë 🎉"),
        ("שלום", {}, "שלום"),
        ("a\0b", {}, "ab"),
        ("two\nlines", {}, "two lines"),
        ("e\u0301", {}, "é"),
        ("two\nlines", {"kind": "long_text"}, "two\nlines"),
        ("020 7946 0018", {"kind": "phone"}, "+442079460018"),
        ("sw1a  1aa", {"kind": "postal_code"}, "SW1A 1AA"),
        (3, {"kind": "number", "minimum": "1"}, "3"),
        (["b", "a", "b"], {"kind": "choices", "choices": ("a", "b", "c")}, ["a", "b"]),
        ("2008-06-10", {"kind": "birth_date", "minimum_age": 18}, "2008-06-10"),
        ("2026-06-10", {"kind": "date", "maximum": "2026-06-10"}, "2026-06-10"),
    ],
)
def test_a_good_answer_is_stored_in_one_form(value, field, stored):
    assert judge(value, **field) == (stored, [])


@pytest.mark.parametrize(
    ("value", "field", "code"),
    [
        (None, {}, ReasonCode.ANSWER_MISSING),
        ("", {}, ReasonCode.ANSWER_MISSING),
        (" \u3000 ", {}, ReasonCode.ANSWER_MISSING),
        ("\u200b", {}, ReasonCode.ANSWER_MISSING),
        ("a" + "\u0301" * 40, {}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ({"a": 1}, {}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ("x" * 301, {}, ReasonCode.ANSWER_TOO_LONG),
        ("x", {"min_length": 2}, ReasonCode.ANSWER_OUT_OF_BOUNDS),
        ("abc", {"pattern": "[0-9]+"}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ("ann@nowhere", {"kind": "email"}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ("12", {"kind": "phone"}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ("99999", {"kind": "postal_code"}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ("NaN", {"kind": "number"}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        (True, {"kind": "number"}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ("11", {"kind": "number", "maximum": "10"}, ReasonCode.ANSWER_OUT_OF_BOUNDS),
        ("2026-02-30", {"kind": "date"}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ("20260101", {"kind": "date", "minimum": "2026-06-01"}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ("2026-W01-1", {"kind": "date"}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ("2026-05-31", {"kind": "date", "minimum": "2026-06-01"}, ReasonCode.ANSWER_OUT_OF_BOUNDS),
        ("2008-06-11", {"kind": "birth_date", "minimum_age": 18}, ReasonCode.TOO_YOUNG),
        ("2026-06-11", {"kind": "birth_date"}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ("c", {"kind": "choice", "choices": ("a", "b")}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ("a", {"kind": "choices", "choices": ("a", "b")}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
        ([[]], {"kind": "choices", "choices": ("a", "b")}, ReasonCode.ANSWER_NOT_UNDERSTOOD),
    ],
)
def test_a_bad_answer_is_named_with_what_is_wrong(value, field, code):
    assert judge(value, **field) == (None, [code])


def test_an_optional_answer_of_spaces_is_no_answer():
    assert judge("  ", required=False) == (None, [])


def test_an_unknown_field_and_a_missing_consent_are_named_together():
    consent = {"name": "rules", "required": True, "version": 2, "wording_sha256": "0" * 64}
    manifest = make_manifest(consents=(consent,))
    answers = {"email": "ann@example.com", "admin": "yes"}
    clean, reasons = judge_answers(
        manifest, answers, {"rules": "true"}, route=Route.PURCHASE, entered_on=TODAY
    )
    assert clean == {"email": "ann@example.com"}
    assert [r.code for r in reasons] == [ReasonCode.UNKNOWN_FIELD, ReasonCode.CONSENT_MISSING]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KINDS = ["text", "long_text", "email", "phone", "postal_code", "date", "number", "choices"]


@given(value=JSON, kind=st.sampled_from(KINDS))
def test_whatever_is_sent_gives_an_answer_or_a_reason(value, kind):
    stored, codes = judge(value, kind=kind, choices=("a",))
    assert (stored is None) == bool(codes)


def test_a_birthday_on_29_february_counts_from_1_march():
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" A.n.n+win@GoogleMail.com ", "ann@gmail.com"),
        ("a.nn+win@outlook.com", "a.nn@outlook.com"),
        ("A.nn+win@example.com", "a.nn+win@example.com"),
        ("ann+win@hotmail.co.uk", "ann@hotmail.co.uk"),
        ("ann+win@outlook.fr", "ann@outlook.fr"),
        ("ann+win@live.example.com", "ann+win@live.example.com"),
        ("ann+win@me.com", "ann@icloud.com"),
        ('"ann"@gmail.com', "ann@gmail.com"),
        ("a_n-n.e+win@ProtonMail.com", "anne@proton.me"),
        ("a.n.n.e@protonmail.ch", "anne@proton.me"),
        ('""@example.com', '""@example.com'),
        ("+win@gmail.com", "+win@gmail.com"),
        ("...@gmail.com", "...@gmail.com"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        (f"ann@{'ü' * 70}.example", f"ann@xn--tda{'a' * 69}.example"),
    ],
)
def test_the_spellings_of_one_mailbox_meet(typed, meant):
    assert normalise_email(typed) == meant
    assert normalise_email(meant) == meant


def test_a_number_with_and_without_its_dialling_code_is_one():
    typed = [
        "07700 900123",
        "+44 7700 900123",
        "0044 7700 900123",
        "+44 (0)7700 900123",
        "447700900123",
        " 07700-900 123 ",
    ]
    assert {normalise_phone(one, countries=["GB"]) for one in typed} == {"+447700900123"}


@pytest.mark.parametrize(
    ("country", "typed", "meant"),
    [
        ("US", "(212) 555-0123", "+12125550123"),
        ("US", "1-212-555-0123", "+12125550123"),
        ("US", "011 44 7700 900123", "+447700900123"),
        ("AU", "0491 570 156", "+61491570156"),
        ("AU", "+61 (0)491 570 156", "+61491570156"),
        ("AU", "0011 61 491 570 156", "+61491570156"),
        ("AU", "00 61 491 570 156", "+61491570156"),
        ("DE", "+49 (0)30 901820", "+4930901820"),
        ("DE", "030 901820", "+4930901820"),
        ("IT", "06 6982 1234", "+390669821234"),
        ("IT", "+39 06 6982 1234", "+390669821234"),
        ("ES", "912 345 678", "+34912345678"),
        ("JP", "03 1234 5678", "+81312345678"),
        ("MX", "55 1234 5678", "+525512345678"),
        ("GR", "21 0123 4567", "+302101234567"),
        ("DE", "4930901820", "+4930901820"),
        ("GB", "12", None),
        ("GB", "no number", None),
        ("GB", "", None),
    ],
)
def test_each_country_dials_its_own_way_and_means_the_same(country, typed, meant):
    assert normalise_phone(typed, countries=[country]) == meant
    if meant:
        assert normalise_phone(meant, countries=[country]) == meant


def test_of_several_countries_the_one_counts_where_the_number_is_in_use():
    assert normalise_phone("030 901820", countries=["GB", "DE"]) == "+4930901820"
    assert normalise_phone("020 7946 0958", countries=["DE", "GB"]) == "+442079460958"
    assert normalise_phone("+49 30 901820", countries=["GB"]) == "+4930901820"


def test_one_home_has_one_spelling_of_its_street():
    written = ("Hauptstr. 5", "Hauptstraße 5", "Haupt Straße 5", "HAUPTSTRASSE 5")
    assert len({normalise_household(street, "10115") for street in written}) == 1
    assert normalise_household("Hauptstr. 6", "10115") != normalise_household(written[0], "10115")


def test_a_person_is_another_one_in_another_campaign():
    hashes = {keyed_hash("person", "a@b.c", secret="ab" * 32, campaign_id=c) for c in ("1", "2")}
    assert len(hashes) == 2


@given(at=INSTANTS, timezone=ZONES, kind=st.sampled_from(["day", "week"]))
def test_a_window_ends_at_the_first_instant_of_the_next(at, timezone, kind):
    window = Window.model_validate({"kind": kind})
    ends = window_ends_at(window, entered_at=at, timezone=timezone)
    assert ends is not None
    assert at < ends
    key = window_key(window, entered_at=at, timezone=timezone)
    last = window_key(window, entered_at=ends - timedelta(milliseconds=1), timezone=timezone)
    assert last == key
    assert window_key(window, entered_at=ends, timezone=timezone) != key
    assert ends.astimezone(ZoneInfo(timezone)).hour == 0


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-10", 24)]
)
def test_a_day_is_as_long_as_its_clock_change_makes_it(day, hours):
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
    window = Window.model_validate({"kind": "day"})
    ends = window_ends_at(window, entered_at=start, timezone="Europe/London")
    assert ends == start + timedelta(hours=hours)


def test_three_working_days_after_a_friday_end_with_wednesday():
    friday = datetime(2026, 6, 12, 12, tzinfo=UTC)
    ends = working_days_after(friday, 3, timezone="Europe/London")
    assert ends == datetime(2026, 6, 17, 23, tzinfo=UTC)


@given(place=st.integers(0, 10_000), letter=st.sampled_from("Aa0-_.é"))
def test_a_token_with_any_letter_changed_is_not_ours(place, letter):
    token = sign(make_payload(), token_keys=KEYS)
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        with pytest.raises(BadToken):
            verify(changed, token_keys=KEYS)


def test_a_token_outlives_the_change_of_keys_until_its_key_is_gone():
    payload, old = make_payload(), "old:" + "cd" * 32
    token = sign(payload, token_keys=old)
    assert verify(token, token_keys=KEYS) == payload
    with pytest.raises(BadToken):
        verify(token, token_keys=KEYS.split(",")[0])


def test_a_key_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        sign(make_payload(), token_keys="a:00")
