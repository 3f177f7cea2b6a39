"""The checks of limits before a publish: contradictions, idle ones, what counts nothing."""

from dataclasses import replace
from typing import Any

import pytest

from campaigns.publishing.rules.publish_checks import (
    FieldFacts,
    LimitFacts,
    cautions_of,
    problems_of,
)
from tests.campaigns.facts import (
    CONSENT,
    EMAIL,
    FACTS,
    NOON,
    RECEIPT,
    SHOP,
    a_field,
    a_prize,
    codes,
    limit,
    problems,
)


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


def test_a_limit_by_day_counts_twice_since_an_earlier_copy_moves_its_use() -> None:
    photos = replace(RECEIPT, max_receipts=8, images_per_receipt=2)
    by_receipt = [limit(1, window, scope="receipt") for window in ("campaign", "day", "week")]
    limits = [*by_receipt, limit(9, "campaign"), limit(5, "day")]
    assert problems(fields=(photos, EMAIL, CONSENT), limits=limits) == []
    limits = [*by_receipt, limit(9, "campaign"), limit(9, "rolling", hours=9), limit(5, "day")]
    found = codes(problems(fields=(photos, EMAIL, CONSENT), limits=limits))
    assert "too_many_limits" in found


def test_prizes_take_places_of_the_same_transaction() -> None:
    photos = replace(RECEIPT, max_receipts=5, images_per_receipt=3)
    fields = (photos, EMAIL, CONSENT)
    limits = [limit(1, window, scope="receipt") for window in ("campaign", "day", "week")]
    prizes = [a_prize(key=f"prize{number}") for number in range(3)]
    # 1 + 3 limits of 30 photos are 91, so that 9 are left: two prizes and no more.
    assert problems(fields=fields, limits=limits, prize_rows=prizes[:2], award_limits=2) == []
    found = problems(fields=fields, limits=limits, prize_rows=prizes[:2], award_limits=3)
    assert codes(found) == ["too_many_limits"]
    assert "or some prizes" in found[0].message
    found = problems(fields=fields, limits=limits, prize_rows=prizes)
    assert codes(found) == ["too_many_limits"]


def test_more_limits_than_the_transaction_holds_are_refused() -> None:
    many = tuple(limit(1 + n, "rolling", hours=1 + n) for n in range(11))
    assert codes(problems(limits=many)) == ["too_many_limits"]
