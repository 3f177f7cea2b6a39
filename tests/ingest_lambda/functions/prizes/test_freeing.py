"""What a test won is there for the next test."""

import pytest

from ingest_lambda.contract import PrizeOutcome, SubmissionStatus
from ingest_lambda.functions.freeing import free_awards
from tests.ingest_lambda.functions.prizes.prizes import (
    STICKER,
    VOUCHER,
    assert_each_unit_is_given_once,
    given_units,
    load_stickers,
    load_vouchers,
    outcome_of,
    plan,
    vouchers,
)
from tests.ingest_lambda.writing import Desk, decide, make_payload

pytestmark = pytest.mark.usefixtures("account")
LIMITS = (
    {"name": "one_voucher", "scope": "person", "prizes": ("voucher",)},
    {"name": "one_sticker", "scope": "person", "prizes": ("sticker",)},
)


def free(desk: Desk, payload) -> int:
    return free_awards(payload.submission_id, table=desk.table, stock=desk.stock)


@pytest.mark.parametrize(
    "ends",
    [(), (SubmissionStatus.APPROVED,), (SubmissionStatus.APPROVED, SubmissionStatus.REVOKED)],
    ids=["provisional", "confirmed", "revoked"],
)
def test_the_same_person_wins_again_after_what_they_won_was_freed(ends):
    desk, first, again = (
        Desk(prize_plan=plan(VOUCHER, STICKER, limits=LIMITS)),
        make_payload(),
        make_payload(),
    )
    load_vouchers(desk, vouchers(1))
    load_stickers(desk, 1, codes=True)
    desk.send(first)
    for number, status in enumerate(ends, 1):
        decide(desk, first.submission_id, number, status)
    assert free(desk, first) == 2
    assert free(desk, first) == 0, "twice is once"
    desk.writer.giver.forget_reads()  # as it does by itself, a second later
    desk.send(again)
    for prize in ("voucher", "sticker"):
        assert outcome_of(desk, again.submission_id, prize) is PrizeOutcome.GIVEN
        assert list(given_units(desk.stock, prize).values()) == [str(again.submission_id)]
        assert_each_unit_is_given_once(desk, prize, 1)


def test_what_is_not_there_has_nothing_to_free():
    desk, unknown = Desk(prize_plan=plan(STICKER)), make_payload()
    assert free(desk, unknown) == 0
