"""Prizes at entry: who gets one, in which state, and what everyone else is told."""

from datetime import timedelta

import pytest

from ingest_lambda.contract import AwardState, PrizeOutcome, SubmissionStatus
from ingest_lambda.functions.write import Giver
from ingest_lambda.rules.scopes import most_parts
from tests.ingest_lambda.functions.prizes.prizes import (
    STICKER,
    VOUCHER,
    all_awards,
    assert_each_unit_is_given_once,
    award_of,
    given_units,
    load_stickers,
    load_vouchers,
    outcome_of,
    pause,
    plan,
    units_left,
    vouchers,
)
from tests.ingest_lambda.writing import (
    EMAIL_FIELD,
    NOON,
    RECEIPT_FIELD,
    Desk,
    limit,
    make_manifest,
    make_payload,
    make_upload,
)

pytestmark = pytest.mark.usefixtures("account")

ONE_PRIZE = {"name": "one_prize", "scope": "person", "prizes": ("voucher", "sticker")}


def test_each_due_moment_goes_to_one_submission_and_the_rest_are_told_not_this_time():
    desk = Desk(review="none", prize_plan=plan(VOUCHER))
    load_vouchers(desk, vouchers(3))
    sent = [make_payload() for _ in range(7)]
    for payload in sent:
        assert desk.send(payload) == "approved"
    outcomes = [outcome_of(desk, payload.submission_id, "voucher") for payload in sent]
    assert outcomes == [PrizeOutcome.GIVEN] * 3 + [PrizeOutcome.NOT_THIS_TIME] * 4
    assert_each_unit_is_given_once(desk, "voucher", 3)
    award = award_of(desk, sent[0].submission_id, "voucher")
    assert award
    assert award.state is AwardState.CONFIRMED
    assert award.entered_at == NOON


def test_a_moment_is_for_who_entered_at_or_after_it_and_before_its_end():
    desk = Desk(review="none", prize_plan=plan(VOUCHER))
    (moment,) = vouchers(1, at=NOON, until=NOON + timedelta(minutes=5))
    load_vouchers(desk, [moment])
    early, late, in_time = make_payload(), make_payload(), make_payload()
    desk.send(early, at=NOON - timedelta(milliseconds=1))
    desk.send(late, at=NOON + timedelta(minutes=5))
    desk.send(in_time, at=NOON)
    assert list(given_units(desk.stock, "voucher").values()) == [str(in_time.submission_id)]


def test_the_oldest_moment_is_offered_first_and_then_the_dearest():
    dear = {**VOUCHER, "name": "holiday"}
    desk = Desk(review="none", prize_plan=plan(dear, VOUCHER))
    older = vouchers(1, at=NOON - timedelta(hours=2), rank=2)
    same = vouchers(1, at=NOON - timedelta(hours=1), rank=2)[0]
    same = same.model_copy(update={"unit": "9"})
    holiday = same.model_copy(update={"prize": "holiday", "rank": 1})
    load_vouchers(desk, [*older, same, holiday])
    won = []
    for _ in range(3):
        payload = make_payload()
        desk.send(payload)
        won += [award.prize for award in desk.table.submissions.awards(payload.submission_id)]
    assert won == ["voucher", "holiday", "voucher"]


def test_everyone_gets_a_sticker_beside_the_voucher_until_the_stock_ends():
    desk = Desk(review="none", prize_plan=plan(VOUCHER, STICKER))
    load_vouchers(desk, vouchers(1))
    load_stickers(desk, 5, size=2)
    sent = [make_payload() for _ in range(7)]
    for payload in sent:
        desk.send(payload)
    outcomes = [outcome_of(desk, payload.submission_id, "sticker") for payload in sent]
    assert outcomes == [PrizeOutcome.GIVEN] * 5 + [PrizeOutcome.NONE_LEFT] * 2
    assert len(desk.table.submissions.awards(sent[0].submission_id)) == 2
    assert_each_unit_is_given_once(desk, "sticker", 5)
    assert_each_unit_is_given_once(desk, "voucher", 1)


def test_the_same_message_again_gives_nothing_more():
    desk, payload = Desk(review="none", prize_plan=plan(VOUCHER, STICKER)), make_payload()
    load_vouchers(desk, vouchers(3))
    load_stickers(desk, 5)
    desk.send(payload)
    before = (
        desk.table.submissions.awards(payload.submission_id),
        given_units(desk.stock, "voucher"),
    )
    for at in (NOON, NOON - timedelta(minutes=1), NOON + timedelta(minutes=1)):
        desk.send(payload, at=at)
    assert len(units_left(desk.stock, "voucher")) == 2
    assert before == (
        desk.table.submissions.awards(payload.submission_id),
        given_units(desk.stock, "voucher"),
    )


@pytest.mark.parametrize(
    ("review", "uploads", "status", "state"),
    [
        ("none", (), "approved", AwardState.CONFIRMED),
        ("none", (make_upload(),), "approved", AwardState.PROVISIONAL),
        ("every", (), "pending_review", AwardState.PROVISIONAL),
        ("winners", (), "pending_review", AwardState.PROVISIONAL),
    ],
    ids=["unreviewed", "photos", "reviewed", "winners"],
)
def test_an_award_is_confirmed_at_once_only_if_nothing_is_left_to_look_at(
    review, uploads, status, state
):
    desk = Desk(
        review=review,
        fields=(EMAIL_FIELD, RECEIPT_FIELD | {"required": False}),
        prize_plan=plan(VOUCHER),
    )
    load_vouchers(desk, vouchers(1))
    payload = make_payload(uploads=uploads)
    assert desk.send(payload) == status
    award = award_of(desk, payload.submission_id, "voucher")
    assert award
    assert award.state is state


def test_where_only_winners_are_looked_at_who_gets_what_everyone_gets_is_not():
    desk, payload = Desk(review="winners", prize_plan=plan(VOUCHER, STICKER)), make_payload()
    load_stickers(desk, 1)
    assert desk.send(payload) == "received"
    award = award_of(desk, payload.submission_id, "sticker")
    assert award
    assert award.state is AwardState.CONFIRMED


def test_over_an_award_limit_the_submission_counts_without_the_prize_and_says_why():
    desk = Desk(
        review="none", prize_plan=plan(VOUCHER, limits=[ONE_PRIZE | {"prizes": ("voucher",)}])
    )
    load_vouchers(desk, vouchers(3))
    first, second = make_payload(), make_payload()
    assert [desk.send(first), desk.send(second)] == ["approved", "approved"]
    assert outcome_of(desk, second.submission_id, "voucher") is PrizeOutcome.LIMIT_REACHED
    assert len(units_left(desk.stock, "voucher")) == 2
    assert_each_unit_is_given_once(desk, "voucher", 3)


def test_of_two_prizes_under_one_limit_the_dearer_is_given():
    desk, payload = (
        Desk(review="none", prize_plan=plan(VOUCHER, STICKER, limits=[ONE_PRIZE])),
        make_payload(),
    )
    load_vouchers(desk, vouchers(1))
    load_stickers(desk, 1)
    desk.send(payload)
    assert desk.stored(payload.submission_id).prizes == {
        "voucher": PrizeOutcome.GIVEN,
        "sticker": PrizeOutcome.LIMIT_REACHED,
    }


def test_what_is_refused_by_the_campaign_s_own_rules_gets_no_prize():
    desk = Desk(review="none", limits=(limit("person"),), prize_plan=plan(VOUCHER))
    load_vouchers(desk, vouchers(2))
    first, second = make_payload(), make_payload()
    assert [desk.send(first), desk.send(second)] == ["approved", "invalid"]
    assert desk.stored(second.submission_id).prizes == {}
    assert_each_unit_is_given_once(desk, "voucher", 2)


def test_what_waits_for_an_approval_takes_nothing_at_entry():
    later = VOUCHER | {"timing": "after_approval"}
    desk, payload = Desk(prize_plan=plan(later)), make_payload()
    load_vouchers(desk, vouchers(1))
    desk.send(payload)
    assert outcome_of(desk, payload.submission_id, "voucher") is PrizeOutcome.AFTER_APPROVAL
    assert not all_awards(desk, "voucher")


def test_a_ghost_is_taken_away_and_the_next_unit_is_given():
    desk, payload = Desk(review="none", prize_plan=plan(VOUCHER, STICKER)), make_payload()
    load_vouchers(desk, vouchers(3))
    load_stickers(desk, 3, size=3)
    before = make_payload()
    desk.send(before)
    # As after a republish that did not know of it.
    load_vouchers(desk, vouchers(3))
    fresh = Giver(desk.stock, now=lambda: NOON, sleep=lambda _seconds: None)
    object.__setattr__(desk.writer, "giver", fresh)
    desk.stock.store.call(
        "update_item",
        TableName=desk.stock.store.name,
        Key={"pk": {"S": "UNIT#c1#sticker#b1#0"}, "sk": {"S": "BLOCK"}},
        UpdateExpression="SET #n = :zero",
        ExpressionAttributeNames={"#n": "next"},
        ExpressionAttributeValues={":zero": {"N": "0"}},
    )
    desk.send(payload)
    assert fresh.ghosts == 2
    assert_each_unit_is_given_once(desk, "voucher", 3)
    assert_each_unit_is_given_once(desk, "sticker", 3)


def test_while_paused_a_submission_is_held_and_takes_nothing():
    desk, payload = Desk(review="none", prize_plan=plan(VOUCHER)), make_payload()
    load_vouchers(desk, vouchers(1))
    pause(desk)
    desk.send(payload)
    assert outcome_of(desk, payload.submission_id, "voucher") is PrizeOutcome.HELD
    assert desk.stored(payload.submission_id).status is SubmissionStatus.APPROVED
    assert not all_awards(desk, "voucher")


def test_the_parts_of_prizes_count_toward_what_a_transaction_takes():
    bare = most_parts(make_manifest())
    assert (
        most_parts(make_manifest(prize_plan=plan(VOUCHER, STICKER, limits=[ONE_PRIZE]))) == bare + 8
    )
