"""What verdicts do to awards: confirmed, released and rolled to the next, revoked, offered after approval."""

import pytest

from ingest_lambda.contract import AwardState, PrizeOutcome, Purpose, SubmissionStatus
from tests.ingest_lambda.functions.prizes.prizes import (
    STICKER,
    VOUCHER,
    assert_each_unit_is_given_once,
    award_of,
    given_units,
    load_stickers,
    load_vouchers,
    outcome_of,
    plan,
    units_left,
    vouchers,
)
from tests.ingest_lambda.writing import Desk, decide, make_manifest, make_payload

pytestmark = pytest.mark.usefixtures("account")

LATER = VOUCHER | {"timing": "after_approval"}
APPROVED, REJECTED = SubmissionStatus.APPROVED, SubmissionStatus.REJECTED
PENDING, REVOKED = SubmissionStatus.PENDING_REVIEW, SubmissionStatus.REVOKED


def state_of(desk: Desk, payload, prize: str = "voucher") -> AwardState | None:
    award = award_of(desk, payload.submission_id, prize)
    return award.state if award else None


def entered(prize_plan, *, moments: int = 0, stickers: int = 0, codes: bool = True, **manifest):
    """A campaign that reviews, with one submission in it."""
    desk, payload = Desk(prize_plan=prize_plan, **manifest), make_payload()
    if moments:
        load_vouchers(desk, vouchers(moments, codes=codes))
    if stickers:
        load_stickers(desk, stickers)
    desk.send(payload)
    return desk, payload


def test_an_approval_confirms_what_is_provisional():
    desk, payload = entered(plan(VOUCHER), moments=1)
    assert state_of(desk, payload) is AwardState.PROVISIONAL
    assert decide(desk, payload.submission_id, 1, APPROVED)
    assert state_of(desk, payload) is AwardState.CONFIRMED
    assert not decide(desk, payload.submission_id, 1, APPROVED)
    assert_each_unit_is_given_once(desk, "voucher", 1)


def test_a_rejection_puts_the_unit_back_with_its_code_and_the_next_entry_gets_it():
    desk, payload = entered(plan(VOUCHER), moments=1)
    decide(desk, payload.submission_id, 1, REJECTED)
    assert state_of(desk, payload) is AwardState.RELEASED
    assert units_left(desk.stock, "voucher") == {"0"}
    after = make_payload()
    desk.send(after)
    given = desk.stock.given.get("c1", "voucher", "0")
    assert given
    assert (given.submission_id, given.code) == (after.submission_id, "CODE-0")
    assert_each_unit_is_given_once(desk, "voucher", 1)


def test_a_released_thing_is_given_to_the_next_after_the_blocks_are_used_up():
    desk, payload = entered(plan(STICKER), stickers=2)
    decide(desk, payload.submission_id, 1, REJECTED)
    for _ in range(2):
        desk.send(make_payload())
    last = make_payload()
    desk.send(last)
    assert outcome_of(desk, last.submission_id, "sticker") is PrizeOutcome.NONE_LEFT
    assert_each_unit_is_given_once(desk, "sticker", 2)


def test_the_same_rejection_twice_returns_one_unit():
    desk, payload = entered(plan(VOUCHER), moments=2)
    for number in (1, 1, 2):
        decide(desk, payload.submission_id, number, REJECTED)
    assert len(units_left(desk.stock, "voucher")) == 2
    assert_each_unit_is_given_once(desk, "voucher", 2)


def test_a_release_gives_the_award_limit_back():
    limits = [{"name": "one_prize", "scope": "person", "prizes": ("voucher",)}]
    desk, payload = entered(plan(VOUCHER, limits=limits), moments=2)
    decide(desk, payload.submission_id, 1, REJECTED)
    again = make_payload()
    desk.send(again)
    assert outcome_of(desk, again.submission_id, "voucher") is PrizeOutcome.GIVEN
    award = award_of(desk, payload.submission_id, "voucher")
    assert award
    assert award.limits_taken == ()


def test_who_is_let_in_again_is_offered_the_prize_again():
    desk, payload = entered(plan(VOUCHER), moments=1)
    decide(desk, payload.submission_id, 1, REJECTED)
    decide(desk, payload.submission_id, 2, PENDING)
    assert state_of(desk, payload) is AwardState.PROVISIONAL
    decide(desk, payload.submission_id, 3, APPROVED)
    assert state_of(desk, payload) is AwardState.CONFIRMED
    assert_each_unit_is_given_once(desk, "voucher", 1)


def test_who_is_let_in_again_goes_without_if_the_unit_has_rolled_on():
    desk, payload = entered(plan(VOUCHER), moments=1)
    decide(desk, payload.submission_id, 1, REJECTED)
    desk.send(make_payload())
    decide(desk, payload.submission_id, 2, PENDING)
    assert outcome_of(desk, payload.submission_id, "voucher") is PrizeOutcome.NOT_THIS_TIME
    assert state_of(desk, payload) is AwardState.RELEASED
    assert_each_unit_is_given_once(desk, "voucher", 1)


def test_a_code_that_was_shown_never_goes_back():
    desk, payload = entered(plan(VOUCHER), moments=1)
    decide(desk, payload.submission_id, 1, APPROVED)
    decide(desk, payload.submission_id, 2, REVOKED)
    assert state_of(desk, payload) is AwardState.REVOKED
    assert given_units(desk.stock, "voucher") == {"0": str(payload.submission_id)}
    assert not units_left(desk.stock, "voucher")


@pytest.mark.parametrize(("keeps", "left"), [((), 1), (("sticker",), 0)], ids=["free", "claimed"])
def test_a_revoked_thing_goes_back_unless_its_winner_has_claimed_it(keeps, left):
    desk, payload = entered(plan(STICKER), stickers=1)
    decide(desk, payload.submission_id, 1, APPROVED)
    decide(desk, payload.submission_id, 2, REVOKED, keeps_prizes=keeps)
    assert state_of(desk, payload, "sticker") is AwardState.REVOKED
    assert len(units_left(desk.stock, "sticker")) == left


def test_after_approval_the_first_that_is_approved_wins():
    desk, first = entered(plan(LATER), moments=1)
    second = make_payload()
    desk.send(second)
    for payload in (second, first):
        decide(desk, payload.submission_id, 1, APPROVED)
    assert state_of(desk, second) is AwardState.CONFIRMED
    assert outcome_of(desk, first.submission_id, "voucher") is PrizeOutcome.NOT_THIS_TIME
    assert_each_unit_is_given_once(desk, "voucher", 1)


def test_what_staff_let_in_after_all_is_offered_what_its_entry_would_have_been():
    consent = {"name": "rules", "required": True, "version": 1, "wording_sha256": "0" * 64}
    desk, payload = entered(plan(VOUCHER), moments=1, consents=(consent,))
    assert desk.stored(payload.submission_id).status is SubmissionStatus.INVALID
    decide(desk, payload.submission_id, 1, PENDING)
    assert state_of(desk, payload) is AwardState.PROVISIONAL
    assert_each_unit_is_given_once(desk, "voucher", 1)


def test_a_verdict_on_an_attempt_that_was_answered_moves_no_award():
    desk, payload = entered(plan(VOUCHER), moments=1)
    asked = SubmissionStatus.NEEDS_RESUBMISSION
    decide(desk, payload.submission_id, 1, asked)
    assert state_of(desk, payload) is AwardState.PROVISIONAL
    again = payload.model_copy(update={"attempt": 2, "purpose": Purpose.RESUBMIT})
    desk.send(again)
    decide(desk, payload.submission_id, 2, REJECTED)
    assert state_of(desk, payload) is AwardState.PROVISIONAL


@pytest.mark.parametrize("ends", [(REJECTED,), (APPROVED, REVOKED)], ids=["rejected", "revoked"])
def test_what_comes_back_after_an_amendment_is_won_by_who_enters_under_it(ends):
    desk, first = entered(plan(VOUCHER), moments=2, codes=False)
    amended = make_manifest(release=2, prize_plan=plan(VOUCHER, moment_set="s2"))
    load_vouchers(desk, vouchers(2, codes=False), "s2")
    desk.publish(amended)
    second, third = make_payload(release=2), make_payload(release=2)
    desk.send(second)
    for number, status in enumerate(ends, 1):
        decide(desk, first.submission_id, number, status)
    desk.send(third)
    assert state_of(desk, second) is AwardState.PROVISIONAL
    assert state_of(desk, third) is AwardState.PROVISIONAL
    assert set(given_units(desk.stock, "voucher")) == {"0", "1"}


@pytest.mark.parametrize("prize", ["voucher", "sticker"])
def test_who_is_approved_again_has_again_what_a_mistaken_rejection_revoked(prize):
    spec = VOUCHER if prize == "voucher" else STICKER
    desk, payload = entered(plan(spec), moments=1, stickers=1)
    verdicts = (APPROVED, PENDING, REJECTED)
    for number, status in enumerate(verdicts, 1):
        decide(desk, payload.submission_id, number, status)
    assert state_of(desk, payload, prize) is AwardState.REVOKED
    for number, status in enumerate((PENDING, APPROVED), 1 + len(verdicts)):
        decide(desk, payload.submission_id, number, status)
    assert state_of(desk, payload, prize) is AwardState.CONFIRMED
    assert list(given_units(desk.stock, prize).values()) == [str(payload.submission_id)]
    assert_each_unit_is_given_once(desk, prize, 1)
