"""Many writers at once, whose transactions meet: the stock is given once and to the last, and nobody is told no too soon."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from time import sleep as sleep_really
from typing import Any

import pytest

from ingest_lambda.contract import (
    AwardState,
    Block,
    Moment,
    SubmissionStatus,
    block_sizes,
    local_day,
)
from tests.ingest_lambda.functions.prizes.many import Misses, Writers
from tests.ingest_lambda.functions.prizes.prizes import (
    STICKER,
    VOUCHER,
    all_awards,
    assert_each_unit_is_given_once,
    given_units,
    load_stickers,
    load_vouchers,
    plan,
    vouchers,
)
from tests.ingest_lambda.writing import NOON, make_payload
from tests.support.conflicting_tables import ConflictingTables, Crash
from tests.support.virtual_time import VirtualTime

SOAK = pytest.mark.soak
A_SECOND = 400


IN_FLIGHT = 63
"""Processes with eight threads each: some five hundred calls at once."""


def tables(time: VirtualTime | None = None, *, seconds: float = 0.006) -> ConflictingTables:
    """Tables that take about so long for each call."""
    rng = random.Random(1)
    sleep = time.sleep if time else sleep_really
    return ConflictingTables(seconds=lambda: rng.uniform(0.5, 1.5) * seconds, rng=rng, sleep=sleep)


def payloads(count: int, now: datetime):
    ends = now + timedelta(days=1)
    return [
        make_payload(issued_at=now - timedelta(minutes=1), expires_at=ends) for _ in range(count)
    ]


def writers_of(
    prize,
    now: datetime,
    *,
    processes: int,
    review: str = "none",
    time: VirtualTime | None = None,
    seconds: float = 0.006,
) -> Writers:
    by_moment = prize["mechanic"] == "moment"
    days: dict[str, Any] = {"moment_days": (local_day(now, "Europe/London"),)} if by_moment else {}
    return Writers(
        tables(time, seconds=seconds),
        processes=processes,
        virtual=time,
        now=(lambda: now + timedelta(seconds=time.seconds)) if time else None,
        review=review,
        prize_plan=plan(prize, **days),
        opens_at=now - timedelta(days=2),
        closes_at=now + timedelta(days=2),
    )


SHAPES = {
    "spread": lambda part, seconds: seconds * part,
    "at_once": lambda _part, _seconds: -60.0,
    "backlog": lambda part, _seconds: -60.0 + 60 * part,
    "at_the_end": lambda part, seconds: seconds * (0.45 + part / 20),
}
"""When the moments are, in seconds from the begin, by their part of all and by how long entries arrive."""
WAITING = ("at_once", "backlog")
"""Shapes in which the entries wait in the queue; in the others they arrive."""


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize(
    ("entries", "units", "processes"),
    [
        (400, 20, 12),
        (200, 100, 12),
        pytest.param(20_000, 500, 12, marks=SOAK),
        pytest.param(2_000, 1_000, IN_FLIGHT, marks=SOAK),
    ],
    ids=["some", "every_second_wins", "many", "five_hundred_in_flight"],
)
def test_nobody_is_told_not_this_time_while_a_due_moment_is_free(shape, entries, units, processes):
    time = VirtualTime()
    writers = writers_of(VOUCHER, NOON, processes=processes, time=time)
    seconds = entries / A_SECOND
    moments = [
        Moment(
            prize="voucher",
            unit=str(n),
            at=NOON + timedelta(seconds=SHAPES[shape](n / units, seconds)),
            code=f"C{n}",
        )
        for n in range(units)
    ]
    load_vouchers(writers, moments)
    misses = Misses(writers.tables)
    writers.tables.calls.clear()
    sent = writers.run(
        payloads(entries, NOON),
        a_second=float("inf") if shape in WAITING else A_SECOND,
        at=(lambda n: NOON - timedelta(seconds=60 - 60 * n / entries))
        if shape == "backlog"
        else None,
    )
    assert Counter(sent) == {"approved": entries}
    assert (misses.committed, misses.found) == (entries, 0)
    assert_each_unit_is_given_once(writers, "voucher", units)
    claims = len(given_units(writers.stock, "voucher"))
    assert claims >= 0.9 * units
    calls = writers.tables.calls
    transactions = calls["transact_write_items"] + calls["put_item"]
    assert transactions <= 1.05 * entries
    # What it costs instead: a single small write for each moment that a writer reserves, or fails to.
    assert calls["update_item"] <= 10 * claims


def test_a_list_that_takes_long_to_read_is_read_once_for_a_try_and_not_until_it_is_new():
    writers = writers_of(VOUCHER, NOON, processes=2, time=VirtualTime(), seconds=0.2)
    load_vouchers(writers, vouchers(40))
    writers.tables.calls.clear()
    writers.run(payloads(40, NOON))
    assert len(given_units(writers.stock, "voucher")) == 40
    assert not writers.reported
    # Of what came back, and of the day.
    assert writers.tables.calls["query"] <= 2 * 40


@pytest.mark.parametrize(
    ("units", "processes"),
    [(60, 4), pytest.param(5_000, IN_FLIGHT, marks=SOAK)],
    ids=["some", "five_hundred_in_flight"],
)
def test_units_go_to_the_last_at_one_transaction_each(units, processes):
    writers = writers_of(STICKER, NOON, processes=processes, time=VirtualTime())
    sizes = block_sizes(units)
    blocks = [Block(number=n, size=size) for n, size in enumerate(sizes)]
    writers.stock.blocks.load("c1", "sticker", "b1", blocks)
    writers.stock.blocks.open("c1", "sticker", "b1", blocks=len(sizes))
    writers.tables.calls.clear()
    writers.run(payloads(units - units // 100, NOON))
    before = writers.tables.calls["transact_write_items"]
    assert before <= 1.05 * (units - units // 100)
    writers.run(payloads(units // 100 + 20, NOON))
    assert len(given_units(writers.stock, "sticker")) == units
    assert writers.tables.calls["transact_write_items"] <= 1.05 * units
    assert_each_unit_is_given_once(writers, "sticker", units)


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=SOAK) for n in range(2, 22))])
@pytest.mark.parametrize("timing", ["at_once", "after_approval"])
@pytest.mark.parametrize("kind", ["moments", "codes", "things"])
def test_ten_times_as_many_submissions_as_units_under_crashes_leave_exactly_as_many_awards(
    kind, timing, seed
):
    now, units = datetime.now(UTC), 8
    prize: dict[str, Any] = VOUCHER if kind == "moments" else STICKER
    name = prize["name"]
    writers = writers_of(prize | {"timing": timing}, now, processes=4, review="every")
    if kind == "moments":
        load_vouchers(writers, vouchers(units, at=now - timedelta(minutes=1)))
    else:
        load_stickers(writers, units, size=3, codes=kind == "codes")
    rng = random.Random(seed)

    def after(_number: int) -> None:
        if rng.random() < 0.02:
            raise Crash

    writers.tables.after = after
    sent = payloads(10 * units, now)
    writers.run(sent, threads=4)
    for payload in sent:
        writers.decide(payload, 1, SubmissionStatus.APPROVED)
    writers.tables.after = lambda _number: None
    awards = all_awards(writers, name)
    assert [award.state for award in awards] == [AwardState.CONFIRMED] * units
    assert_each_unit_is_given_once(writers, name, units)
    told = {str(writers.stored(payload.submission_id).prizes[name]) for payload in sent}
    assert told == {"given", "not_this_time" if kind == "moments" else "none_left"}
