"""Many writers at once, whose transactions meet: the stock is given once and to the last, and nobody is told no too soon."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
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
    SET,
    STICKER,
    VOUCHER,
    all_awards,
    assert_each_unit_is_given_once,
    given_units,
    load_vouchers,
    plan,
    vouchers,
)
from tests.ingest_lambda.writing import make_payload
from tests.support.conflicting_tables import ConflictingTables, Crash

SOAK = pytest.mark.soak


def tables(*, milliseconds: float = 4) -> ConflictingTables:
    """Tables that take about so long for each call."""
    rng = random.Random(1)
    return ConflictingTables(seconds=lambda: rng.uniform(0.5, 1.5) * milliseconds / 1000, rng=rng)


def payloads(count: int, now: datetime):
    ends = now + timedelta(days=1)
    return [
        make_payload(issued_at=now - timedelta(minutes=1), expires_at=ends) for _ in range(count)
    ]


def writers_of(prize, now: datetime, *, processes: int, review: str = "none", **more) -> Writers:
    by_moment = prize["mechanic"] == "moment"
    days: dict[str, Any] = {"moment_days": (local_day(now, "Europe/London"),)} if by_moment else {}
    return Writers(
        tables(),
        processes=processes,
        review=review,
        prize_plan=plan(prize, **days),
        opens_at=now - timedelta(days=2),
        closes_at=now + timedelta(days=2),
        **more,
    )


SHAPES = {
    "spread": lambda n, units, seconds: seconds * n / units,
    "at_once": lambda _n, _units, _seconds: -60.0,
    "backlog": lambda n, units, _seconds: -60.0 * n / units,
    "at_the_end": lambda n, _units, seconds: seconds * 0.7 + n / 1000,
}


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize(
    ("entries", "units", "processes"),
    [(300, 30, 4), pytest.param(20_000, 500, 12, marks=SOAK)],
    ids=["some", "many"],
)
def test_nobody_is_told_not_this_time_while_a_due_moment_is_free(shape, entries, units, processes):
    now = datetime.now(UTC)
    writers = writers_of(VOUCHER, now, processes=processes)
    seconds = entries / 400
    writers.stock.moments.load(
        "c1",
        SET,
        (
            Moment(
                prize="voucher",
                unit=str(n),
                at=now + timedelta(seconds=SHAPES[shape](n, units, seconds)),
                code=f"C{n}",
            )
            for n in range(units)
        ),
        timezone="Europe/London",
    )
    misses = Misses(writers.tables)
    writers.tables.calls.clear()
    if shape == "backlog":
        sent = writers.run(
            payloads(entries, now), at=lambda n: now - timedelta(seconds=60 * n / entries)
        )
    else:
        sent = writers.run(payloads(entries, now))
    assert Counter(sent) == {"approved": entries}
    assert misses.committed == entries
    assert misses.found == 0
    assert_each_unit_is_given_once(writers, "voucher", units)
    if entries > 1000:
        calls = writers.tables.calls
        writes = calls["transact_write_items"] + calls["put_item"]
        assert writes / entries <= 1.15


@pytest.mark.parametrize(
    ("units", "processes"),
    [(60, 4), pytest.param(5_000, 63, marks=SOAK)],
    ids=["some", "five_hundred_in_flight"],
)
def test_units_go_to_the_last_at_one_transaction_each(units, processes):
    now = datetime.now(UTC)
    writers = writers_of(STICKER, now, processes=processes)
    sizes = block_sizes(units)
    blocks = [Block(number=n, size=size) for n, size in enumerate(sizes)]
    writers.stock.blocks.load("c1", "sticker", "b1", blocks)
    writers.stock.blocks.open("c1", "sticker", "b1", blocks=len(sizes))
    writers.tables.calls.clear()
    writers.run(payloads(units + 20, now))
    assert len(given_units(writers.stock, "sticker")) == units
    assert writers.tables.calls["transact_write_items"] <= 1.05 * units
    assert_each_unit_is_given_once(writers, "sticker", units)


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=SOAK) for n in range(2, 22))])
@pytest.mark.parametrize("timing", ["at_once", "after_approval"])
def test_ten_times_as_many_submissions_as_units_under_crashes_leave_exactly_as_many_awards(
    timing, seed
):
    now, units = datetime.now(UTC), 8
    writers = writers_of(VOUCHER | {"timing": timing}, now, processes=4, review="every")
    load_vouchers(writers, vouchers(units, at=now - timedelta(minutes=1)))
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
    awards = all_awards(writers, "voucher")
    assert [award.state for award in awards] == [AwardState.CONFIRMED] * units
    assert_each_unit_is_given_once(writers, "voucher", units)
    for payload in sent:
        assert writers.stored(payload.submission_id).prizes["voucher"] in ("given", "not_this_time")
