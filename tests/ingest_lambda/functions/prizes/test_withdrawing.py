"""Units that are taken out of the stock while entries claim others: each is won or withdrawn, and none is lost."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from ingest_lambda.contract import Block, SubmissionStatus, block_sizes, unit_name
from ingest_lambda.contract.stock import WithdrawnRange
from ingest_lambda.errors import TryAgain
from tests.ingest_lambda.functions.prizes.many import Writers
from tests.ingest_lambda.functions.prizes.prizes import (
    STICKER,
    VOUCHER,
    all_awards,
    given_units,
    load_vouchers,
    units_left,
    vouchers,
)
from tests.ingest_lambda.functions.prizes.test_side_by_side import payloads, writers_of
from tests.support.conflicting_tables import Crash

SOAK = pytest.mark.soak


def load(writers: Writers, sizes: tuple[int, ...], *, codes: bool) -> None:
    blocks = [
        Block(
            number=number,
            size=size,
            codes=tuple(f"C-{unit_name('b1', number, n)}" for n in range(size)) if codes else (),
        )
        for number, size in enumerate(sizes)
    ]
    writers.stock.blocks.load("c1", "sticker", "b1", blocks)
    writers.stock.blocks.open("c1", "sticker", "b1", blocks=len(sizes))


def withdraw(writers: Writers, blocks: int, most: int, *, withdrawal: str = "w1") -> set[str]:
    """Withdraw as the site does: from the last block on, again after each crash or busy table."""
    numbers = range(blocks - 1, -1, -1)
    while True:
        try:
            gone = writers.stock.withdrawals.from_blocks(
                "c1", "sticker", "b1", numbers, most=most, withdrawal=withdrawal
            )
        except TryAgain:
            continue
        except Crash:
            writers.tables.started_again()
            continue
        return {
            unit_name("b1", one.block, index)
            for one in gone
            for index in range(one.first, one.until)
        }


def withdraw_by_name(writers: Writers, names: list[str]) -> list[str]:
    """Withdraw moments as the site does: again while the table is busy."""
    while True:
        try:
            return writers.stock.withdrawals.by_name("c1", "voucher", names)
        except TryAgain:
            continue


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=SOAK) for n in range(2, 22))])
@pytest.mark.parametrize("codes", [True, False], ids=["codes", "things"])
@pytest.mark.parametrize("sizes", [(20, 20, 10), block_sizes(50)], ids=["blocks", "singles"])
def test_each_unit_is_won_or_withdrawn_whoever_crashes(sizes, codes, seed):
    now = datetime.now(UTC)
    writers = writers_of(STICKER, now, processes=3)
    load(writers, sizes, codes=codes)
    rng = random.Random(seed)

    def after(_number: int) -> None:
        if rng.random() < 0.02:
            raise Crash

    writers.tables.after = after
    sent = payloads(25, now)
    with ThreadPoolExecutor(1) as beside:
        withdrawing = beside.submit(withdraw, writers, len(sizes), 20)
        writers.run(sent, threads=4)
        gone = withdrawing.result()
    writers.tables.after = lambda _number: None
    # What nobody took is claimed now, until there is none.
    more = payloads(sum(sizes), now)
    writers.run(more, threads=4)
    won = {award.unit for award in all_awards(writers, "sticker")}
    assert len(gone) == 20
    assert not gone & won
    assert len(won) == sum(sizes) - 20
    assert not units_left(writers.stock, "sticker") - gone
    assert set(given_units(writers.stock, "sticker")) == won


def test_the_same_withdrawal_takes_once_and_another_goes_on():
    writers = writers_of(STICKER, datetime.now(UTC), processes=1)
    load(writers, (10, 10), codes=False)
    first = withdraw(writers, 2, 13)
    assert first == withdraw(writers, 2, 13)
    assert len(first) == 13
    second = withdraw(writers, 2, 99, withdrawal="w2")
    assert len(second) == 7
    assert not first & second
    assert withdraw(writers, 2, 1, withdrawal="w3") == set()


def test_a_writer_that_holds_a_block_wins_nothing_that_was_withdrawn_of_it():
    now = datetime.now(UTC)
    writers = writers_of(STICKER, now, processes=1)
    load(writers, (10,), codes=True)
    before, after = payloads(2, now), payloads(5, now)
    writers.run(before, threads=1)
    (taken,) = writers.stock.withdrawals.from_blocks(
        "c1", "sticker", "b1", [0], most=99, withdrawal="w1"
    )
    assert taken == WithdrawnRange(block=0, first=2, until=10)
    writers.run(after, threads=1)
    told = Counter(writers.stored(one.submission_id).prizes["sticker"] for one in after)
    assert told == {"none_left": 5}
    assert len(all_awards(writers, "sticker")) == 2


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=SOAK) for n in range(2, 12))])
def test_a_moment_is_won_or_withdrawn_and_never_both(seed):
    now = datetime.now(UTC)
    writers = writers_of(VOUCHER, now, processes=3)
    load_vouchers(writers, vouchers(30, at=now - timedelta(minutes=1)))
    names = [str(number) for number in range(30)]
    random.Random(seed).shuffle(names)
    with ThreadPoolExecutor(1) as beside:
        withdrawing = beside.submit(withdraw_by_name, writers, names[:15])
        writers.run(payloads(60, now), threads=4)
        gone = set(withdrawing.result())
    won = {award.unit for award in all_awards(writers, "voucher")}
    assert not gone & won
    assert gone | won == set(names)
    again = writers.stock.withdrawals.by_name("c1", "voucher", names[:15])
    assert set(again) == gone


def test_a_unit_that_came_back_can_be_withdrawn_and_then_nobody_wins_it():
    now = datetime.now(UTC)
    writers = writers_of(STICKER, now, processes=1, review="every")
    load(writers, (1,), codes=True)
    (first,) = payloads(1, now)
    writers.run([first])
    writers.decide(first, 1, SubmissionStatus.REJECTED)
    (back,) = writers.stock.blocks.returned("c1", "sticker", most=9)
    assert writers.stock.withdrawals.by_name("c1", "sticker", [back.unit]) == [back.unit]
    assert not writers.stock.blocks.returned("c1", "sticker", most=9)
    (second,) = payloads(1, now)
    writers.run([second])
    assert writers.stored(second.submission_id).prizes["sticker"] == "none_left"
    assert not all_awards(writers, "sticker")
