"""A pause with many entries: all are held, and on resume the stock goes to those that entered first."""

import random
from datetime import timedelta

import pytest

from ingest_lambda.contract import Current, PrizeOutcome
from ingest_lambda.functions.held import offer_held
from tests.ingest_lambda.functions.prizes.many import Writers
from tests.ingest_lambda.functions.prizes.prizes import (
    VOUCHER,
    assert_each_unit_is_given_once,
    given_units,
    load_vouchers,
    outcome_of,
    plan,
    vouchers,
)
from tests.ingest_lambda.writing import NOON, make_payload
from tests.support.conflicting_tables import ConflictingTables
from tests.support.virtual_time import VirtualTime

AT_ONCE = 100


@pytest.mark.parametrize(
    ("held", "units"),
    [(120, 15), pytest.param(10_000, 500, marks=pytest.mark.soak)],
    ids=["some", "ten_thousand"],
)
def test_what_was_held_is_offered_in_order_of_entry_however_it_was_written_and_cut(held, units):
    time = VirtualTime()
    writers = Writers(
        ConflictingTables(rng=random.Random(1), sleep=time.sleep),
        virtual=time,
        now=lambda: NOON + timedelta(seconds=time.seconds),
        review="none",
        prize_plan=plan(VOUCHER),
    )
    load_vouchers(writers, vouchers(units))
    switch(writers, paused=True)
    payloads = [make_payload() for _ in range(held)]
    written = list(range(held))
    random.Random(2).shuffle(written)
    for number in written:
        writers.deliver(0, payloads[number], at=entered(number, held))
    assert not given_units(writers.stock, "voucher")
    assert not offer(writers).offered

    switch(writers, paused=False)
    offered = 0
    while (found := offer(writers)).left:
        assert found.offered == AT_ONCE
        offered += found.offered
    assert offered + found.offered == held
    first = {str(payload.submission_id) for payload in payloads[:units]}
    assert set(given_units(writers.stock, "voucher").values()) == first
    for payload in payloads[units:]:
        outcome = outcome_of(writers, payload.submission_id, "voucher")
        assert outcome is PrizeOutcome.NOT_THIS_TIME
    assert_each_unit_is_given_once(writers, "voucher", units)


def entered(number: int, held: int):
    return NOON - timedelta(minutes=30) + timedelta(minutes=20) * (number / held)


def offer(writers: Writers):
    giver = writers.writers[0].giver
    return offer_held("summer", most=AT_ONCE, table=writers.table, giver=giver)


def switch(writers: Writers, *, paused: bool) -> None:
    """Pause the campaign or resume it, and let the writer know at once."""
    writers.table.published.set_current(
        Current(
            slug="summer",
            release=1,
            opens_at=writers.manifest.opens_at,
            closes_at=writers.manifest.closes_at,
            paused=paused,
            awards_from=None if paused else NOON + timedelta(hours=1),
            revision=1 if paused else 2,
        )
    )
    writers.writers[0].releases._currents.clear()
