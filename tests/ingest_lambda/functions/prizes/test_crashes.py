"""Each unit is given once, wherever a process dies, an answer is lost, or another writer is met."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from botocore.exceptions import ReadTimeoutError

from ingest_lambda.contract import AwardState, PrizeOutcome, SubmissionStatus, TokenPayload
from tests.ingest_lambda.functions.prizes.many import Writers
from tests.ingest_lambda.functions.prizes.prizes import (
    STICKER,
    VOUCHER,
    all_awards,
    assert_each_unit_is_given_once,
    load_stickers,
    load_vouchers,
    outcome_of,
    plan,
    units_left,
    vouchers,
)
from tests.ingest_lambda.writing import NOON, make_payload
from tests.support.conflicting_tables import ConflictingTables, Crash, Key
from tests.support.virtual_time import VirtualTime

LATER = VOUCHER | {"timing": "after_approval"}
LIMITS = ({"name": "one_voucher", "scope": "person", "prizes": ("voucher",)},)
UNITS = 3
APPROVED, REJECTED = SubmissionStatus.APPROVED, SubmissionStatus.REJECTED
PENDING, REVOKED = SubmissionStatus.PENDING_REVIEW, SubmissionStatus.REVOKED


def campaign(voucher=VOUCHER, *, after: Callable[[int], None] = lambda _n: None, **more) -> Writers:
    """A reviewed campaign with three vouchers and three stickers, whose tables begin to fail now."""
    time = VirtualTime()
    tables = ConflictingTables(rng=random.Random(1), sleep=time.sleep)
    writers = Writers(
        tables,
        processes=1,
        now=lambda: NOON + timedelta(seconds=time.seconds),
        virtual=time,
        prize_plan=plan(voucher, STICKER, limits=LIMITS),
        **more,
    )
    load_vouchers(writers, vouchers(UNITS))
    load_stickers(writers, UNITS, size=2)
    tables._done, tables.after = 0, after
    return writers


def life(writers: Writers, payloads: list[TokenPayload]) -> None:
    """Enter with all, and decide on all in every way, with copies of messages and verdicts between."""
    for payload in payloads:
        writers.deliver(0, payload, at=NOON)
    first, second, third, *others = payloads
    writers.decide(first, 1, REJECTED)
    writers.deliver(0, first, at=NOON - timedelta(minutes=1))
    writers.decide(second, 1, APPROVED)
    writers.decide(first, 2, PENDING)
    writers.decide(third, 1, APPROVED)
    writers.decide(third, 2, REVOKED)
    writers.decide(third, 2, REVOKED)
    for payload in others:
        writers.decide(payload, 1, APPROVED)
        writers.deliver(0, payload, at=NOON)


def check(writers: Writers, payloads: list[TokenPayload]) -> None:
    for prize in ("voucher", "sticker"):
        assert_each_unit_is_given_once(writers, prize, UNITS)
        won = {award.submission_id for award in all_awards(writers, prize)}
        for payload in payloads:
            outcome = outcome_of(writers, payload.submission_id, prize)
            assert outcome is not None
            if outcome is PrizeOutcome.GIVEN:
                assert payload.submission_id in won
    assert not units_left(writers.stock, "voucher")


def calls_of(voucher) -> int:
    """Count the calls of a life without a fault."""
    numbers: list[int] = []
    writers = campaign(voucher, after=numbers.append)
    life(writers, [make_payload() for _ in range(8)])
    return numbers[-1]


def crash(_number: int) -> None:
    raise Crash


def lose_answer(_number: int) -> None:
    raise ReadTimeoutError(endpoint_url="http://table")


@pytest.mark.parametrize(
    "every", [9, pytest.param(1, marks=pytest.mark.soak)], ids=["some", "each"]
)
@pytest.mark.parametrize("fault", [crash, lose_answer], ids=["crash", "answer_lost"])
@pytest.mark.parametrize("voucher", [VOUCHER, LATER], ids=["at_once", "after_approval"])
def test_a_fault_after_any_call_of_writer_and_verdicts_gives_each_unit_once(voucher, fault, every):
    for victim in range(1, calls_of(voucher) + 1, every):
        writers = campaign(voucher, after=_at_call(victim, fault))
        payloads = [make_payload() for _ in range(8)]
        life(writers, payloads)
        writers.tables.after = lambda _number: None
        check(writers, payloads)


def _at_call(victim: int, fault: Callable[[int], None]) -> Callable[[int], None]:
    def after(number: int) -> None:
        if number == victim:
            fault(number)

    return after


PARTS: dict[str, Callable[[Key], bool]] = {
    "unit": lambda key: key[1].startswith(("MOMENT#", "UNIT#")),
    "given": lambda key: key[1].startswith("GIVEN#"),
    "award": lambda key: key[2].startswith("AWARD#"),
    "award_limit": lambda key: key[1].startswith("LIMIT#"),
    "submission": lambda key: key[2] == "SUBMISSION",
}


@pytest.mark.parametrize("part", list(PARTS))
@pytest.mark.parametrize("times", [1, 2, 3])
def test_meeting_another_writer_at_any_part_costs_nobody_a_prize(part, times):
    writers = campaign()
    met: list[Key] = []

    def meets(keys: list[Key]) -> list[Key]:
        found = [key for key in keys if PARTS[part](key)][:1]
        if not found or met.count(found[0]) >= times:
            return []
        met.extend(found)
        return found

    writers.tables.meets = meets
    payloads = [make_payload() for _ in range(5)]
    for payload in payloads:
        writers.deliver(0, payload, at=NOON)
    assert met
    assert len(all_awards(writers, "voucher")) == UNITS
    assert len(all_awards(writers, "sticker")) == UNITS
    check(writers, payloads)


def test_a_submission_that_always_meets_others_is_reported_and_never_told_no():
    writers, payload = campaign(), make_payload()
    writers.tables.meets = lambda keys: [key for key in keys if PARTS["unit"](key)]
    with pytest.raises(AssertionError, match="dead letter"):
        writers.deliver(0, payload, at=NOON)
    assert set(writers.reported) == {"prizes_busy"}
    assert writers.table.submissions.get(payload.submission_id) is None


def test_a_replay_of_every_message_at_other_times_changes_no_award():
    writers = campaign()
    payloads = [make_payload() for _ in range(8)]
    life(writers, payloads)
    before = _awards(writers)
    for minutes in (-30, 0, 30):
        for payload in payloads:
            writers.deliver(0, payload, at=_at(minutes))
    assert _awards(writers) == before
    check(writers, payloads)


def test_stock_that_is_put_back_in_the_middle_is_not_given_a_second_time():
    writers = campaign()
    payloads = [make_payload() for _ in range(8)]
    for payload in payloads[:4]:
        writers.deliver(0, payload, at=NOON)
    load_vouchers(writers, vouchers(UNITS))
    group = writers.tables.tables["campaignhub-test-stock"]
    for pk in [pk for pk in group if pk.startswith("UNIT#")]:
        for item in group[pk].values():
            item["next"] = {"N": "0"}
    writers.writers[0] = writers.new_writer()
    for payload in payloads[4:]:
        writers.deliver(0, payload, at=NOON)
    assert writers.writers[0].giver.ghosts
    check(writers, payloads)


def _awards(writers: Writers) -> list[tuple[str, AwardState, str]]:
    return sorted(
        (str(award.submission_id), award.state, award.unit)
        for prize in ("voucher", "sticker")
        for award in all_awards(writers, prize)
    )


def _at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)
