"""Every check before a publish: what it finds, where it says to mend it, and what it lets pass."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.publishing.rules.publish_checks import cautions_of, problems_of
from campaigns.publishing.rules.publish_checks.finding import TABS
from campaigns.setup.rules.contrast import nearest_passing
from tests.campaigns.facts import (
    CONSENT,
    DAILY,
    EMAIL,
    FACTS,
    NOON,
    RECEIPT,
    a_field,
    codes,
    limit,
    problems,
    texts,
    with_field,
)


def test_a_complete_campaign_has_neither_problems_nor_cautions() -> None:
    assert problems() == []
    assert cautions_of(FACTS, at=NOON) == []


@pytest.mark.parametrize(
    ("changes", "code", "tab", "field"),
    [
        ({"opens_at": None}, "opening_missing", "Basics", "opens_at"),
        ({"closes_at": None}, "end_missing", "Basics", "closes_at"),
        ({"closes_at": NOON}, "closes_before_it_opens", "Basics", "closes_at"),
        ({"timezone": "Mars/Olympus"}, "timezone_unknown", "Basics", "timezone"),
        ({"slug": "admin"}, "slug_not_allowed", "Basics", "slug"),
        ({"countries": ()}, "countries_missing", "Basics", "countries"),
        ({"routes": ()}, "routes_missing", "Basics", "routes"),
        ({"legal_name": " "}, "legal_name_missing", "Basics", "client.legal_name"),
        ({"address": ""}, "address_missing", "Basics", "client.address"),
        ({"help_email": ""}, "help_contact_missing", "Basics", "client.help_email"),
        ({"sender_ready": False}, "sender_not_verified", "Mails", "client.sender_email"),
        (
            {"challenge_provider": "turnstile"},
            "challenge_key_missing",
            "Basics",
            "challenge_site_key",
        ),
        ({"headline": texts("en")}, "headline_missing", "Page", "headline"),
        ({"rules": texts("en")}, "rules_missing", "Rules & legal", "rules"),
        ({"supporting": texts("es")}, "supporting_missing", "Page", "supporting"),
        ({"prizes": {"en": "Ten", "es": "  "}}, "prizes_missing", "Page", "prizes"),
        ({"has_hero": True, "hero_alt": texts("en")}, "hero_alt_missing", "Page", "hero_alt"),
        ({"has_logo": True, "logo_alt": texts("en")}, "logo_alt_missing", "Page", "logo_alt"),
        (
            {"reason_texts": {"en": {"ILLEGIBLE": "Too dark."}}},
            "reason_text_missing",
            "Mails",
            "reason_texts",
        ),
        ({"text_colour": "#999999"}, "text_colour_hard_to_read", "Page", "text_colour"),
        ({"accent_colour": "#ffaa00"}, "accent_colour_hard_to_read", "Page", "accent_colour"),
        ({"limits": (DAILY,) * 2}, "limits_contradict", "Limits", "limits"),
    ],
)
def test_each_problem_is_found_alone_and_names_its_place(
    changes: dict[str, Any], code: str, tab: str, field: str
) -> None:
    (finding,) = problems(**changes)
    assert (finding.code, finding.tab, finding.field) == (code, tab, field)
    assert finding.message.endswith(".")


def test_what_is_verified_or_complete_is_no_problem() -> None:
    assert problems(sender_email="a@b.example", sender_ready=True) == []
    assert problems(challenge_provider="turnstile", challenge_site_key="0x4") == []
    assert problems(has_hero=True, hero_alt=texts(), has_logo=True, logo_alt=texts()) == []
    words = {"en": {"ILLEGIBLE": "Too dark."}, "es": {"ILLEGIBLE": "Muy oscura."}}
    assert problems(reason_texts=words) == []


def test_without_languages_nothing_else_can_be_said_about_texts() -> None:
    assert codes(problems(languages=())) == ["languages_missing"]


def test_an_end_that_has_passed_and_an_opening_that_moves_away_are_refused() -> None:
    late = problems_of(FACTS, at=NOON + timedelta(days=28))
    assert codes(late) == ["end_has_passed"]
    moved = replace(FACTS, opened_at=NOON, opens_at=NOON + timedelta(days=3))
    assert codes(problems_of(moved, at=NOON + timedelta(days=1))) == ["opened_already"]


def test_problems_come_in_the_order_of_the_tabs() -> None:
    found = problems(
        limits=(DAILY, DAILY), headline={}, fields=(), legal_name="", text_colour="#ffffff"
    )
    places = [TABS.index(finding.tab) for finding in found]
    assert places == sorted(places)
    assert len({finding.tab for finding in found}) == 4


@given(st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}"))
def test_the_proposed_shade_passes_the_check(colour: str) -> None:
    for finding in problems(brand_colour=colour):
        if finding.code == "brand_colour_hard_to_read":
            shade = nearest_passing(colour, FACTS.surface_colour)
            assert shade in finding.message
            assert "brand_colour_hard_to_read" not in codes(problems(brand_colour=shade))


# ------------------------------------------------------------------ the form
@pytest.mark.parametrize(
    ("values", "code", "column"),
    [
        ({"name": "email"}, "name_twice", "name"),
        ({"label": texts("en")}, "label_missing", "label"),
        ({"help_text": texts("en")}, "help_missing", "help_text"),
        ({"routes": ()}, "route_missing", "routes"),
        ({"meaning": "birth_date"}, "meaning_does_not_fit", "meaning"),
        ({"kind": "consent", "meaning": "store"}, "meaning_does_not_fit", "meaning"),
        ({"kind": "choice"}, "nothing_to_choose", "options"),
        ({"kind": "choice", "options": [("a", texts())] * 2}, "choice_twice", "options"),
        ({"kind": "choices", "options": [(" ", texts())]}, "choice_twice", "options"),
        ({"kind": "choice", "options": [("a", texts("en"))]}, "choice_label_missing", "options"),
        ({"min_length": 9, "max_length": 3}, "lengths_contradict", "max_length"),
        ({"pattern": "("}, "pattern_not_usable", "pattern"),
        ({"pattern": "(?=.*[0-9]).+"}, "pattern_not_usable", "pattern"),
        ({"pattern": "(a?){2000}"}, "pattern_not_usable", "pattern"),
        ({"minimum_age": 18}, "age_without_birth_date", "minimum_age"),
        ({"minimum": "3"}, "bound_does_not_fit", "minimum"),
        ({"kind": "number", "minimum": "three"}, "bound_not_read", "minimum"),
        ({"kind": "number", "maximum": "Infinity"}, "bound_not_read", "maximum"),
        ({"kind": "date", "maximum": "20260601"}, "bound_not_read", "maximum"),
        ({"kind": "date", "maximum": "2026-06-31"}, "bound_not_read", "maximum"),
        ({"kind": "number", "minimum": "9", "maximum": "3"}, "bounds_contradict", "maximum"),
        (
            {"kind": "date", "minimum": "2026-06-02", "maximum": "2026-06-01"},
            "bounds_contradict",
            "maximum",
        ),
        (
            {"kind": "consent", "purpose": "marketing"},
            "marketing_is_required",
            "required",
        ),
    ],
)
def test_each_row_that_contradicts_itself_is_named(
    values: dict[str, Any], code: str, column: str
) -> None:
    (finding,) = with_field(**values)
    assert (finding.code, finding.tab) == (code, "Form")
    assert finding.field == f"form_fields.{column}"
    assert finding.row == values.get("name", "more")


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "birth_date", "meaning": "birth_date", "minimum_age": 18},
        {"kind": "number", "meaning": "total", "minimum": "0.5", "maximum": "99"},
        {"kind": "date", "meaning": "purchase_date", "minimum": "2026-06-01"},
        {"kind": "choice", "options": [("a", texts()), ("b", texts())]},
        {"pattern": "[A-Z]{2}[0-9]{6}", "min_length": 8, "max_length": 8},
        {"pattern": "(a+)+"},
        {"kind": "hidden", "label": {}},
        {"kind": "consent", "purpose": "marketing", "required": False},
        {"help_text": texts()},
    ],
)
def test_what_makes_sense_passes(values: dict[str, Any]) -> None:
    assert with_field(**values) == []


def test_the_form_needs_an_address_and_a_consent_on_every_way_to_enter() -> None:
    assert codes(problems(fields=(RECEIPT,))) == ["email_missing", "consent_missing"]
    optional = (replace(EMAIL, required=False), replace(CONSENT, required=False))
    assert codes(problems(fields=optional)) == ["email_missing", "consent_missing"]
    other = replace(CONSENT, purpose="age")
    assert codes(problems(fields=(EMAIL, other))) == ["consent_missing"]
    two_ways = problems(routes=("purchase", "free"))
    assert codes(two_ways) == ["email_missing", "consent_missing"]
    assert "free of charge" in two_ways[0].message


@pytest.mark.parametrize(
    ("label", "named"),
    [
        ({"es": "Nombre"}, "The label of “Nombre” is missing in English."),
        ({"en": " ", "es": "Nombre"}, "The label of “Nombre” is missing in English."),
        (
            {"es": "¿Cómo te llamas y con qué nombre?" * 3},
            "The label of “¿Cómo te llamas y con qué",
        ),
    ],
)
def test_a_row_is_named_as_staff_labelled_it_in_whichever_language(
    label: dict[str, str], named: str
) -> None:
    (finding,) = with_field(name="first", label=label)
    assert finding.message.startswith(named)


def test_a_row_without_any_label_is_named_by_its_column() -> None:
    assert {finding.message for finding in with_field(name="first", label={})} == {
        "The label of “first” is missing in English.",
        "The label of “first” is missing in Spanish.",
    }


def test_a_meaning_stands_once_and_rows_and_photos_are_counted() -> None:
    twice = a_field(kind="email", meaning="email")
    assert codes(problems(fields=(*FACTS.fields, twice))) == ["meaning_twice"]
    many = [a_field(name=f"f{number}") for number in range(60)]
    assert codes(problems(fields=(*FACTS.fields, *many))) == ["too_many_fields"]
    photos = replace(RECEIPT, max_receipts=10, images_per_receipt=6)
    more = a_field(kind="other_image", images_per_receipt=1)
    assert codes(problems(fields=(photos, EMAIL, CONSENT, more))) == ["too_many_photos"]


# ------------------------------------------------------------------ cautions
@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"opens_at": NOON - timedelta(hours=2)}, "opens_in_the_past"),
        ({"opens_at": NOON.replace(second=30)}, "opening_within_a_minute"),
        ({"closes_at": NOON + timedelta(days=2, seconds=1)}, "end_within_a_minute"),
        ({"closes_at": NOON + timedelta(hours=23)}, "shorter_than_a_day"),
        ({"closes_at": NOON + timedelta(days=367)}, "longer_than_a_year"),
        ({"privacy_url": ""}, "privacy_link_missing"),
        ({"fields": (EMAIL, CONSENT)}, "no_receipt_field"),
        ({"review": "none"}, "nobody_looks"),
        ({"limits": ()}, "no_limit"),
        ({"limits": (limit(1, "day"), limit(1, "campaign"))}, "limit_is_idle:1-person-day-None"),
        (
            {"fields": (*FACTS.fields, a_field(routes=("free",)))},
            "field_never_shown:more",
        ),
    ],
)
def test_each_caution_is_found_alone(changes: dict[str, Any], key: str) -> None:
    (caution,) = cautions_of(replace(FACTS, **changes), at=NOON)
    assert caution.key == key


def test_an_opening_that_was_released_already_is_no_surprise() -> None:
    facts = replace(FACTS, opens_at=NOON - timedelta(days=9), opened_at=NOON - timedelta(days=9))
    assert cautions_of(facts, at=NOON) == []


def test_a_free_form_asks_for_no_receipt() -> None:
    free = [replace(field, routes=("free",)) for field in (EMAIL, CONSENT)]
    assert cautions_of(replace(FACTS, routes=("free",), fields=free, review="none"), at=NOON) == []


def test_cautions_of_a_draft_without_dates_say_nothing_of_dates() -> None:
    assert cautions_of(replace(FACTS, opens_at=None, closes_at=None), at=NOON) == []
