"""What entered while the campaign was paused is offered the prizes on resume, in order of entry."""

from datetime import timedelta

import pytest

from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.tokens import sign
from ingest_lambda.contract import (
    AwardState,
    Block,
    Current,
    ImageRecord,
    PrizeOutcome,
    StatusAnswer,
    SubmissionStatus,
)
from ingest_lambda.functions.held import confirm_awards, offer_held
from ingest_lambda.functions.status import StatusReader
from tests.ingest_lambda.functions.prizes.prizes import (
    STICKER,
    VOUCHER,
    assert_each_unit_is_given_once,
    award_of,
    given_units,
    load_stickers,
    load_vouchers,
    outcome_of,
    pause,
    plan,
    vouchers,
)
from tests.ingest_lambda.writing import (
    EMAIL_FIELD,
    KEYS,
    NOON,
    RECEIPT_FIELD,
    Desk,
    decide,
    make_payload,
    make_upload,
)

pytestmark = pytest.mark.usefixtures("account")
MINUTE = timedelta(minutes=1)


def resume(desk: Desk, *, revision: int = 1) -> None:
    manifest = desk.table.published.release("summer", 1)
    assert manifest
    current = Current(
        slug="summer",
        release=1,
        opens_at=manifest.opens_at,
        closes_at=manifest.closes_at,
        awards_from=NOON,
        revision=revision,
    )
    desk.table.published.set_current(current)
    desk.writer.releases._currents.clear()


def offer(desk: Desk, *, most: int = 100):
    return offer_held("summer", most=most, table=desk.table, giver=desk.writer.giver)


def test_held_submissions_get_the_prizes_in_order_of_entry_whenever_they_were_written():
    desk = Desk(review="none", prize_plan=plan(VOUCHER))
    load_vouchers(desk, vouchers(2))
    pause(desk)
    late, first, second = make_payload(), make_payload(), make_payload()
    for payload, minutes in ((late, 1), (second, 2), (first, 3)):
        desk.send(payload, at=NOON - minutes * MINUTE)
    assert offer(desk) == type(offer(desk))(0, left=True)
    resume(desk)
    assert offer(desk, most=2).left
    assert not offer(desk).left
    owners = set(given_units(desk.stock, "voucher").values())
    assert owners == {str(first.submission_id), str(second.submission_id)}
    assert outcome_of(desk, late.submission_id, "voucher") is PrizeOutcome.NOT_THIS_TIME
    assert not desk.stored(first.submission_id).held
    assert_each_unit_is_given_once(desk, "voucher", 2)


def test_what_entered_before_the_resume_is_held_and_what_entered_after_it_is_not():
    desk = Desk(review="none", prize_plan=plan(VOUCHER))
    load_vouchers(desk, vouchers(2))
    resume(desk)
    before, after = make_payload(), make_payload()
    desk.send(before, at=NOON - MINUTE)
    desk.send(after, at=NOON)
    assert outcome_of(desk, before.submission_id, "voucher") is PrizeOutcome.HELD
    assert outcome_of(desk, after.submission_id, "voucher") is PrizeOutcome.GIVEN


def test_offering_twice_gives_once():
    desk, payload = Desk(review="none", prize_plan=plan(STICKER)), make_payload()
    load_stickers(desk, 3)
    pause(desk)
    desk.send(payload)
    resume(desk)
    assert offer(desk).offered == 1
    assert offer(desk).offered == 0
    assert_each_unit_is_given_once(desk, "sticker", 3)


def test_what_was_decided_while_it_was_held_is_offered_as_decided():
    desk = Desk(prize_plan=plan(STICKER))
    load_stickers(desk, 3)
    pause(desk)
    approved, rejected, open_ = make_payload(), make_payload(), make_payload()
    for payload in (approved, rejected, open_):
        desk.send(payload)
    decide(desk, approved.submission_id, 1, SubmissionStatus.APPROVED)
    decide(desk, rejected.submission_id, 1, SubmissionStatus.REJECTED)
    resume(desk)
    offer(desk)
    states = [award_of(desk, one.submission_id, "sticker") for one in (approved, rejected, open_)]
    assert [award and award.state for award in states] == [
        AwardState.CONFIRMED,
        None,
        AwardState.PROVISIONAL,
    ]
    assert_each_unit_is_given_once(desk, "sticker", 3)


def test_who_was_rejected_while_held_is_offered_the_prize_when_that_is_taken_back():
    desk, payload = Desk(prize_plan=plan(STICKER)), make_payload()
    load_stickers(desk, 1)
    pause(desk)
    desk.send(payload)
    decide(desk, payload.submission_id, 1, SubmissionStatus.REJECTED)
    resume(desk)
    offer(desk)
    assert award_of(desk, payload.submission_id, "sticker") is None
    decide(desk, payload.submission_id, 2, SubmissionStatus.PENDING_REVIEW)
    decide(desk, payload.submission_id, 3, SubmissionStatus.APPROVED)
    award = award_of(desk, payload.submission_id, "sticker")
    assert award
    assert award.state is AwardState.CONFIRMED
    assert_each_unit_is_given_once(desk, "sticker", 1)


def test_awards_are_confirmed_once_the_photos_are_proved_and_not_after_a_suspicion():
    fields = (EMAIL_FIELD, RECEIPT_FIELD)
    desk, payload = (
        Desk(review="none", fields=fields, prize_plan=plan(STICKER)),
        make_payload(uploads=(make_upload(),)),
    )
    load_stickers(desk, 1)
    desk.send(payload)
    giver = desk.writer.giver
    assert confirm_awards(payload.submission_id, table=desk.table, giver=giver)
    assert not confirm_awards(payload.submission_id, table=desk.table, giver=giver)
    award = award_of(desk, payload.submission_id, "sticker")
    assert award
    assert award.state is AwardState.CONFIRMED
    decide(desk, payload.submission_id, 1, SubmissionStatus.PENDING_REVIEW)
    assert not confirm_awards(payload.submission_id, table=desk.table, giver=giver)


def test_a_win_is_told_once_it_is_confirmed_and_until_then_the_page_asks_again():
    upload = make_upload()
    desk, payload = (
        Desk(review="none", fields=(EMAIL_FIELD, RECEIPT_FIELD), prize_plan=plan(STICKER)),
        make_payload(uploads=(upload,)),
    )
    load_stickers(desk, 1)
    desk.send(payload)
    reader = StatusReader(desk.table, desk.stock, Releases(desk.table), KEYS)

    def shown() -> StatusAnswer:
        token = sign(payload, token_keys=KEYS)
        return reader.read("summer", payload.submission_id, token, at=NOON)

    proof = {
        name: getattr(upload, name) for name in ("receipt", "part", "key", "content_type", "size")
    }
    image = ImageRecord(
        submission_id=payload.submission_id,
        attempt=1,
        sha256=upload.sha256,
        checked_at=NOON,
        **proof,
    )
    for _ in range(2):
        before = shown()
        assert (before.status, before.awards) == ("received", ())
        assert before.poll_after_seconds
        desk.table.photos.put_image(image)
    confirm_awards(payload.submission_id, table=desk.table, giver=desk.writer.giver)
    after = shown()
    assert (after.status, [award.state for award in after.awards]) == ("approved", ["confirmed"])
    assert after.poll_after_seconds is None


def test_what_is_approved_during_a_pause_waits_for_the_resume_and_keeps_what_it_has():
    at_once = STICKER | {"name": "gift"}
    later = VOUCHER | {"timing": "after_approval"}
    desk = Desk(review="every", prize_plan=plan(later, at_once))
    load_vouchers(desk, vouchers(1))
    desk.stock.blocks.load("c1", "gift", "b1", [Block(number=0, size=3)])
    desk.stock.blocks.open("c1", "gift", "b1", blocks=1)
    first, second = make_payload(), make_payload()
    desk.send(first, at=NOON - 2 * MINUTE)
    desk.send(second, at=NOON - MINUTE)
    pause(desk)
    for payload in (second, first):
        decide(desk, payload.submission_id, 1, SubmissionStatus.APPROVED)
        stored = desk.stored(payload.submission_id)
        assert (stored.held, stored.prizes["voucher"]) == (True, PrizeOutcome.HELD)
        assert (gift := award_of(desk, payload.submission_id, "gift"))
        assert gift.state is AwardState.CONFIRMED
    assert not offer(desk).offered
    resume(desk)
    assert (offer(desk).offered, offer(desk).offered) == (2, 0)
    assert given_units(desk.stock, "voucher") == {"0": str(first.submission_id)}
    assert outcome_of(desk, second.submission_id, "voucher") is PrizeOutcome.NOT_THIS_TIME
    for payload in (first, second):
        assert outcome_of(desk, payload.submission_id, "gift") is PrizeOutcome.GIVEN
        assert not desk.stored(payload.submission_id).held
    assert_each_unit_is_given_once(desk, "voucher", 1)


def test_a_verdict_from_before_the_resume_that_arrives_after_it_is_offered_behind_what_waits():
    desk = Desk(review="every", prize_plan=plan(STICKER | {"timing": "after_approval"}))
    load_stickers(desk, 1)
    payload = make_payload()
    desk.send(payload)
    resume(desk)
    decide(desk, payload.submission_id, 1, SubmissionStatus.APPROVED, decided_at=NOON - MINUTE)
    assert outcome_of(desk, payload.submission_id, "sticker") is PrizeOutcome.HELD
    assert offer(desk).offered == 1
    assert outcome_of(desk, payload.submission_id, "sticker") is PrizeOutcome.GIVEN


def test_who_is_rejected_after_an_approval_that_was_held_is_offered_nothing():
    desk = Desk(review="every", prize_plan=plan(STICKER | {"timing": "after_approval"}))
    load_stickers(desk, 1)
    payload = make_payload()
    desk.send(payload)
    pause(desk)
    decide(desk, payload.submission_id, 1, SubmissionStatus.APPROVED)
    decide(desk, payload.submission_id, 2, SubmissionStatus.REJECTED)
    resume(desk)
    assert offer(desk).offered == 1
    assert not desk.stored(payload.submission_id).held
    assert not given_units(desk.stock, "sticker")
    decide(desk, payload.submission_id, 3, SubmissionStatus.APPROVED)
    assert outcome_of(desk, payload.submission_id, "sticker") is PrizeOutcome.GIVEN
