"""The one shared code that everyone gets once a prize has no unit left: never a blank, and never of the stock."""

from datetime import UTC, datetime

import pytest

from ingest_lambda.contract import AwardState, PrizeOutcome, SubmissionStatus, fallback_unit
from tests.ingest_lambda.functions.prizes.prizes import (
    STICKER,
    award_of,
    given_units,
    items_of,
    load_stickers,
    outcome_of,
    plan,
    units_left,
)
from tests.ingest_lambda.functions.prizes.test_side_by_side import payloads, writers_of
from tests.ingest_lambda.writing import Desk, make_payload

pytestmark = pytest.mark.usefixtures("account")
SHARED = "SHARED-10"
FALLBACK = STICKER | {"fallback": True}


def test_after_the_last_code_everyone_gets_the_shared_one_and_once() -> None:
    desk = Desk(review="none", prize_plan=plan(FALLBACK))
    load_stickers(desk, 2, codes=True)
    desk.stock.given.put_fallback("c1", "sticker", SHARED)
    sent = [make_payload() for _ in range(5)]
    for payload in (*sent, *sent):
        desk.send(payload)
    codes = []
    for payload in sent:
        award = award_of(desk, payload.submission_id, "sticker")
        assert award
        assert award.state is AwardState.CONFIRMED
        given = desk.stock.given.get("c1", "sticker", award.unit)
        assert given
        assert given.submission_id == payload.submission_id
        codes.append(given.code)
    assert codes == ["CODE-b1.0.0", "CODE-b1.1.0", SHARED, SHARED, SHARED]
    assert len(given_units(desk.stock, "sticker")) == 5
    assert desk.writer.giver.ghosts == 0


@pytest.mark.parametrize(
    ("prize", "shared"), [(STICKER, SHARED), (FALLBACK, "")], ids=["closed", "without a code"]
)
def test_a_prize_that_closes_gives_no_more(prize: dict[str, str], shared: str) -> None:
    desk, payload = Desk(review="none", prize_plan=plan(prize)), make_payload()
    load_stickers(desk, 1)
    if shared:
        desk.stock.given.put_fallback("c1", "sticker", shared)
    desk.send(make_payload())
    desk.send(payload)
    assert outcome_of(desk, payload.submission_id, "sticker") is PrizeOutcome.NONE_LEFT


def test_a_shared_code_that_goes_back_is_no_stock_and_can_be_given_again() -> None:
    writers = writers_of(FALLBACK, datetime.now(UTC), processes=1, review="every")
    writers.stock.given.put_fallback("c1", "sticker", SHARED)
    (payload,) = payloads(1, datetime.now(UTC))
    writers.run([payload])
    writers.decide(payload, 1, SubmissionStatus.REJECTED)
    assert not given_units(writers.stock, "sticker")
    assert not units_left(writers.stock, "sticker")
    assert not items_of(writers.stock, "UNIT#c1#sticker#RETURNED")
    writers.decide(payload, 2, SubmissionStatus.PENDING_REVIEW)
    writers.decide(payload, 3, SubmissionStatus.APPROVED)
    award = award_of(writers, payload.submission_id, "sticker")
    assert award
    assert (award.state, award.unit) == (
        AwardState.CONFIRMED,
        fallback_unit(payload.submission_id),
    )
    given = writers.stock.given.get("c1", "sticker", award.unit)
    assert given
    assert given.code == SHARED
