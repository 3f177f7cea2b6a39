"""Every check before a publish: what it finds, where it says to mend it, and what it lets pass."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules.contrast import nearest_passing
from campaigns.rules.publish_checks import (
    CampaignFacts,
    FieldFacts,
    Finding,
    LimitFacts,
    cautions_of,
    problems_of,
)
from campaigns.rules.publish_checks.finding import TABS

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
BOTH = ("en", "es")


def texts(*languages: str) -> dict[str, str]:
    return {language: f"in {language}" for language in languages or BOTH}


RECEIPT = FieldFacts(name="receipt", kind="receipt_image", label=texts(), help_text={})
EMAIL = FieldFacts(name="email", kind="email", meaning="email", label=texts(), help_text={})
SHOP = FieldFacts(name="shop", kind="text", meaning="store", label=texts(), help_text={})
CONSENT = FieldFacts(name="accept", kind="consent", label=texts(), help_text={})
DAILY = LimitFacts(row="1", scope="person", count=1, window="day")
FACTS = CampaignFacts(
    slug="summer",
    opens_at=NOON,
    closes_at=NOON + timedelta(days=28),
    timezone="Europe/London",
    languages=BOTH,
    countries=("GB",),
    routes=("purchase",),
    review="every",
    headline=texts(),
    supporting={},
    prizes={},
    rules=texts(),
    reason_texts={},
    has_hero=False,
    hero_alt={},
    has_logo=False,
    logo_alt={},
    privacy_url="https://nordlicht.example/privacy",
    legal_name="Nordlicht Foods Ltd",
    address="1 Harbour Street",
    help_email="help@nordlicht.example",
    sender_email="",
    sender_verified=False,
    challenge_provider="",
    challenge_site_key="",
    text_colour="#1b1b1e",
    surface_colour="#ffffff",
    brand_colour="#0f4c5c",
    accent_colour="#9a031e",
    fields=(RECEIPT, EMAIL, CONSENT),
    limits=(DAILY,),
)


def problems(**changes: Any) -> list[Finding]:
    return problems_of(replace(FACTS, **changes), at=NOON)


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def a_field(**values: Any) -> FieldFacts:
    return FieldFacts(
        **{"name": "more", "kind": "text", "label": texts(), "help_text": {}, **values}
    )


def with_field(**values: Any) -> list[Finding]:
    return problems(fields=(*FACTS.fields, a_field(**values)))


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
        ({"sender_email": "a@b.example"}, "sender_not_verified", "Mails", "client.sender_email"),
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
    assert problems(sender_email="a@b.example", sender_verified=True) == []
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
        ({"pattern": "(a+)+"}, "pattern_not_usable", "pattern"),
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


def test_a_meaning_stands_once_and_rows_and_photos_are_counted() -> None:
    twice = a_field(kind="email", meaning="email")
    assert codes(problems(fields=(*FACTS.fields, twice))) == ["meaning_twice"]
    many = [a_field(name=f"f{number}") for number in range(60)]
    assert codes(problems(fields=(*FACTS.fields, *many))) == ["too_many_fields"]
    photos = replace(RECEIPT, max_receipts=10, images_per_receipt=6)
    more = a_field(kind="other_image", images_per_receipt=1)
    assert codes(problems(fields=(photos, EMAIL, CONSENT, more))) == ["too_many_photos"]


# ------------------------------------------------------------------ limits


def limit(
    count: int, window: str, *, scope: str = "person", hours: int | None = None
) -> LimitFacts:
    row = f"{count}-{scope}-{window}-{hours}"
    return LimitFacts(row=row, scope=scope, count=count, window=window, hours=hours)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (limit(5, "day"), limit(3, "campaign")),
        (limit(5, "day"), limit(3, "week")),
        (limit(5, "week"), limit(3, "campaign")),
        (limit(5, "rolling", hours=24), limit(3, "campaign")),
        (limit(5, "rolling", hours=2), limit(3, "rolling", hours=24)),
        (limit(5, "day"), limit(3, "rolling", hours=25)),
        (limit(5, "week"), limit(3, "rolling", hours=169)),
        (limit(5, "day"), limit(3, "day")),
    ],
)
def test_limits_of_which_one_can_never_be_reached_are_refused(
    one: LimitFacts, other: LimitFacts
) -> None:
    for pair in ((one, other), (other, one)):
        assert codes(problems(limits=pair)) == ["limits_contradict"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (limit(1, "day"), limit(10, "campaign")),
        (limit(3, "day"), limit(2, "rolling", hours=24)),
        (limit(3, "rolling", hours=24), limit(1, "day")),
        (limit(3, "week"), limit(1, "rolling", hours=168)),
        (limit(5, "day"), limit(3, "campaign", scope="receipt")),
    ],
)
def test_limits_that_both_say_something_pass(one: LimitFacts, other: LimitFacts) -> None:
    for pair in ((one, other), (other, one)):
        assert problems(limits=pair) == []


def test_a_limit_counts_only_what_the_form_asks_for() -> None:
    for scope in ("phone", "household", "store"):
        assert codes(problems(limits=(limit(1, "day", scope=scope),))) == ["limit_counts_nothing"]
    phone = a_field(name="phone", kind="phone", meaning="phone")
    asked = problems(fields=(*FACTS.fields, phone), limits=(limit(1, "day", scope="phone"),))
    assert asked == []
    for scope in ("receipt", "store"):
        lone = (limit(1, "campaign", scope=scope),)
        no_receipt = problems(fields=(EMAIL, CONSENT, SHOP), limits=lone)
        assert codes(no_receipt) == ["limit_counts_nothing"]


def test_a_household_is_known_by_its_address_and_its_postcode_together() -> None:
    by_household = (limit(1, "day", scope="household"),)
    home = (a_field(name="street", meaning="address"), a_field(name="code", meaning="postcode"))
    for lone in home:
        found = problems(fields=(*FACTS.fields, lone), limits=by_household)
        assert codes(found) == ["limit_counts_nothing"]
    assert problems(fields=(*FACTS.fields, *home), limits=by_household) == []


def test_a_limit_by_store_takes_what_the_form_lets_an_entry_show() -> None:
    two = replace(RECEIPT, max_receipts=2, images_per_receipt=1)
    more = replace(two, name="more")
    by_store = (limit(3, "day", scope="store"),)
    assert problems(fields=(two, EMAIL, CONSENT, SHOP), limits=by_store) == []
    found = problems(fields=(two, more, EMAIL, CONSENT, SHOP), limits=by_store)
    assert codes(found) == ["limits_contradict"]
    assert "4 receipts" in found[0].message


@pytest.mark.parametrize(
    ("persons", "stores", "refused", "idle"),
    [
        (limit(1, "day"), limit(3, "day", scope="store"), True, False),
        (limit(1, "campaign"), limit(3, "day", scope="store"), True, False),
        (limit(2, "day"), limit(4, "day", scope="store"), False, True),
        (limit(2, "day"), limit(3, "day", scope="store"), False, False),
        (limit(1, "day"), limit(3, "campaign", scope="store"), False, False),
    ],
)
def test_a_limit_by_store_is_one_that_the_limit_by_person_lets_somebody_reach(
    persons: LimitFacts, stores: LimitFacts, refused: bool, idle: bool
) -> None:
    fields = (replace(RECEIPT, max_receipts=2), EMAIL, CONSENT, SHOP)
    facts = replace(FACTS, fields=fields, limits=(persons, stores))
    assert codes(problems_of(facts, at=NOON)) == ["limits_contradict"] * refused
    assert [c.row for c in cautions_of(facts, at=NOON)] == [stores.row] * idle


def test_what_a_limit_counts_by_and_people_may_leave_out_is_accepted_by_a_tick() -> None:
    by_store = (limit(3, "day", scope="store"),)

    def found(shop: FieldFacts, **more: Any) -> list[str]:
        facts = replace(FACTS, fields=(*FACTS.fields, shop), limits=by_store, **more)
        return codes(cautions_of(facts, at=NOON))

    assert found(SHOP) == []
    assert found(replace(SHOP, required=False)) == ["limit_can_be_left_out"]
    # Who enters free of charge shows no receipt, so nothing is left out.
    assert found(SHOP, routes=("purchase", "free")) == []
    phone = a_field(name="phone", kind="phone", meaning="phone")
    facts = replace(FACTS, fields=(*FACTS.fields, phone), limits=(limit(1, "day", scope="phone"),))
    assert cautions_of(facts, at=NOON) == []
    both = replace(facts, routes=("purchase", "free"))
    assert codes(cautions_of(both, at=NOON)) == ["limit_can_be_left_out"]


def test_an_entry_takes_no_more_places_than_its_transaction_has() -> None:
    photos = replace(RECEIPT, max_receipts=5, images_per_receipt=3)
    one, two = (photos, EMAIL, CONSENT), (photos, replace(photos, name="more"), EMAIL, CONSENT)
    limits = [limit(1, window, scope="receipt") for window in ("campaign", "day", "week")]
    assert problems(fields=one, limits=limits) == []
    assert problems(fields=two, limits=limits[:1]) == []
    assert codes(problems(fields=two, limits=limits[:2])) == ["too_many_limits"]
    # A verdict after the one retry gives back what both have taken, in one transaction.
    more = (replace(photos, max_receipts=10, images_per_receipt=6), EMAIL, CONSENT)
    assert codes(problems(fields=more, limits=limits[:1])) == ["too_many_limits"]


def test_limits_by_receipt_are_at_most_three() -> None:
    by_receipt = tuple(limit(1 + n, "rolling", hours=1 + n, scope="receipt") for n in range(4))
    assert codes(problems(limits=by_receipt)) == ["too_many_limits"]
    assert problems(limits=by_receipt[:3]) == []


def test_more_limits_than_the_transaction_holds_are_refused() -> None:
    many = tuple(limit(1 + n, "rolling", hours=1 + n) for n in range(11))
    assert codes(problems(limits=many)) == ["too_many_limits"]


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
