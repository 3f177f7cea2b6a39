"""A moment that one writer reserved is left alone by the others, for so long and no longer."""

from datetime import timedelta

import pytest

from ingest_lambda.adapters.stock import MomentUnit
from tests.ingest_lambda.functions.prizes.prizes import DAY, SET, load_vouchers, vouchers
from tests.ingest_lambda.writing import NOON, Desk

pytestmark = pytest.mark.usefixtures("account")
SOON = NOON + timedelta(seconds=0.5)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    load_vouchers(desk, vouchers(1))
    return desk


def moment_of(desk: Desk) -> MomentUnit:
    (moment,) = desk.stock.moments.page("c1", SET, DAY, most=10).moments
    return moment


def reserve(desk: Desk, moment: MomentUnit, by: str, *, now=NOON) -> bool:
    return desk.stock.moments.reserve(moment, by=by, now=now)


def test_a_reserved_moment_is_reserved_by_nobody_else_until_its_time_is_over(desk):
    moment = moment_of(desk)
    assert reserve(desk, moment, "one")
    assert not reserve(desk, moment, "other")
    assert reserve(desk, moment, "one")
    assert moment_of(desk).is_reserved(NOON)
    assert moment_of(desk).is_reserved(SOON)
    assert not moment_of(desk).is_reserved(SOON + timedelta(milliseconds=1))
    assert reserve(desk, moment, "other", now=SOON + timedelta(milliseconds=1))


def test_a_moment_that_is_let_go_is_free_at_once_and_only_for_its_own_writer_to_let_go(desk):
    moment = moment_of(desk)
    reserve(desk, moment, "one")
    desk.stock.moments.release(moment, by="other")
    assert not reserve(desk, moment, "other")
    desk.stock.moments.release(moment, by="one")
    assert reserve(desk, moment, "other")


def test_a_moment_that_is_gone_does_not_come_back_by_a_reservation(desk):
    moment = moment_of(desk)
    desk.stock.store.client.delete_item(TableName=desk.stock.store.name, Key=moment.key)
    assert not reserve(desk, moment, "one")
    desk.stock.moments.release(moment, by="one")
    assert not desk.stock.moments.page("c1", SET, DAY, most=10).moments


def test_a_reservation_by_a_clock_that_is_far_ahead_keeps_nobody_out(desk):
    moment = moment_of(desk)
    reserve(desk, moment, "ahead", now=NOON + timedelta(minutes=10))
    assert not moment_of(desk).is_reserved(NOON)
    assert reserve(desk, moment, "one")
