"""The writer: each message becomes one submission, one refusal or one quarantined note."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from ingest_lambda.contract import Current, ReasonCode, SubmissionStatus
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.decide import SubmissionMissing
from tests.ingest_lambda.writing import (
    EMAIL_FIELD,
    NOON,
    ONCE_A_RECEIPT,
    RECEIPT_FIELD,
    Desk,
    decide,
    make_envelope,
    make_manifest,
    make_payload,
    make_upload,
)

pytestmark = pytest.mark.usefixtures("account")

ONE_A_DAY = {"name": "daily", "scope": "person", "count": 1, "window": {"kind": "day"}}
ONE_IN_TWO_HOURS = {
    "name": "often",
    "scope": "person",
    "count": 1,
    "window": {"kind": "rolling", "hours": 2},
}


def codes(desk: Desk, submission_id) -> list[ReasonCode]:
    return [reason.code for reason in desk.stored(submission_id).reasons]


@pytest.mark.parametrize(
    ("review", "status"),
    [("every", "pending_review"), ("winners", "received"), ("none", "approved")],
)
def test_the_first_status_follows_the_campaigns_review(review, status):
    desk, payload = Desk(review=review), make_payload()
    assert desk.send(payload) == status
    assert desk.stored(payload.submission_id).entered_at == NOON


def test_the_same_message_twice_is_one_submission_and_one_use_of_a_limit():
    desk, payload = Desk(limits=(ONE_A_DAY,)), make_payload()
    assert desk.send(payload) == "pending_review"
    before = desk.stored(payload.submission_id)
    assert desk.send(payload, at=NOON + timedelta(days=3)) == "seen"
    assert desk.stored(payload.submission_id) == before


def test_another_body_under_the_same_id_is_counted_once_and_the_first_is_kept():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    for _ in range(2):
        assert desk.send(payload, answers={"email": "eve@example.com"}) == "conflict"
    stored = desk.stored(payload.submission_id)
    assert stored.answers == {"email": "ann@example.com"}
    assert len(stored.conflict_hashes) == 1
    assert stored.version == 2


def test_the_earliest_copy_gives_the_time_of_entry():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    desk.send(payload, at=NOON - timedelta(minutes=5))
    assert desk.stored(payload.submission_id).entered_at == NOON - timedelta(minutes=5)


def test_a_punctual_copy_counts_though_a_late_one_was_processed_first():
    desk, payload = Desk(closes_at=NOON), make_payload()
    assert desk.send(payload) == "invalid"
    assert desk.send(payload, at=NOON - timedelta(seconds=1)) == "pending_review"
    assert codes(desk, payload.submission_id) == []


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ({"opens_at": NOON + timedelta(seconds=1)}, ReasonCode.ENTERED_TOO_EARLY),
        ({"closes_at": NOON}, ReasonCode.ENTERED_TOO_LATE),
    ],
)
def test_outside_the_dates_a_submission_is_stored_as_invalid(dates, code):
    desk, payload = Desk(**dates), make_payload()
    assert desk.send(payload) == "invalid"
    assert codes(desk, payload.submission_id) == [code]


def test_a_token_past_its_time_makes_an_invalid_submission():
    desk, payload = Desk(), make_payload(expires_at=NOON - timedelta(seconds=1))
    assert desk.send(payload) == "invalid"
    assert codes(desk, payload.submission_id) == [ReasonCode.TOKEN_EXPIRED]


def test_without_a_time_from_the_gateway_the_queues_counts():
    desk, payload = Desk(), make_payload()
    body = make_envelope(payload, entered_at_ms="")
    desk.writer.accept(body, sent_timestamp_ms=str(int(NOON.timestamp() * 1000) + 7))
    assert desk.stored(payload.submission_id).entered_at == NOON + timedelta(milliseconds=7)


def test_one_person_over_a_daily_limit_is_told_when_again_and_the_next_day_is_free():
    desk, first, second, third = Desk(limits=(ONE_A_DAY,)), *(make_payload() for _ in range(3))
    assert desk.send(first) == "pending_review"
    assert desk.send(second, answers={"email": "ANN@Example.com "}) == "invalid"
    (reason,) = desk.stored(second.submission_id).reasons
    assert reason.code is ReasonCode.LIMIT_REACHED
    assert reason.again_at is not None
    assert reason.again_at.isoformat() == "2026-06-10T23:00:00+00:00"
    assert desk.send(third, at=reason.again_at) == "pending_review"


def test_a_rolling_limit_counts_by_the_time_of_entry_whatever_the_order():
    desk, first, second, third = Desk(limits=(ONE_IN_TWO_HOURS,)), *(make_payload() for _ in "abc")
    assert desk.send(first) == "pending_review"
    assert desk.send(second, at=NOON + timedelta(hours=1)) == "invalid"
    assert desk.stored(second.submission_id).reasons[0].again_at == NOON + timedelta(hours=2)
    assert desk.send(third, at=NOON + timedelta(hours=2)) == "pending_review"


def test_a_receipt_used_by_another_is_refused_and_holds_nothing():
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD), limits=(ONCE_A_RECEIPT,))
    first, second = (make_payload(uploads=(make_upload(),)) for _ in "ab")
    assert desk.send(first) == "pending_review"
    assert desk.send(second) == "invalid"
    assert codes(desk, second.submission_id) == [ReasonCode.RECEIPT_USED]
    assert desk.stored(second.submission_id).guards_taken == ()


def test_a_missing_photo_is_named():
    desk, payload = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD)), make_payload()
    assert desk.send(payload) == "invalid"
    assert codes(desk, payload.submission_id) == [ReasonCode.ANSWER_MISSING]


def test_what_arrives_in_a_pause_is_stored_and_marked_as_held():
    desk, payload = Desk(), make_payload()
    desk.publish(make_manifest(), paused=True)
    desk.send(payload)
    assert desk.stored(payload.submission_id).held


def test_a_campaign_that_was_closed_before_its_time_takes_what_entered_before_that():
    desk, punctual, late = Desk(), make_payload(), make_payload()
    manifest = make_manifest()
    closed = Current(
        slug=manifest.slug,
        release=manifest.release,
        opens_at=manifest.opens_at,
        closes_at=NOON,
        archived=True,
    )
    desk.table.published.set_current(closed)
    before = NOON - timedelta(milliseconds=1)
    assert desk.send(punctual, at=before) != "invalid"
    assert desk.send(late, at=NOON) == "invalid"
    assert codes(desk, late.submission_id) == [ReasonCode.ENTERED_TOO_LATE]


def test_half_an_emoji_is_left_out_and_loses_no_entry():
    desk, payload = Desk(), make_payload()
    assert desk.send(payload, answers={"email": "ann\ud83d@example.com"}) == "pending_review"
    assert desk.stored(payload.submission_id).answers == {"email": "ann@example.com"}
    assert desk.quarantine.whys == []


def test_what_the_address_of_the_page_says_refuses_nothing_and_needs_no_row():
    desk, payload = Desk(), make_payload()
    answers = {
        "email": "ann@example.com",
        "utm_source": "news\nletter\ud83d",
        "gclid": "f" * 301,
        "fbclid": {"a": 1},
        "utm_term": "\u200b",
    }
    assert desk.send(payload, answers=answers) == "pending_review"
    assert desk.stored(payload.submission_id).answers == {
        "email": "ann@example.com",
        "utm_source": "news letter",
        "gclid": "f" * 300,
    }


@pytest.mark.parametrize(
    "body", ["", "no json", "[" * 60_000, "[]", '{"kind":"other"}', '{"kind":"submission"}']
)
def test_what_is_no_message_goes_to_quarantine_and_is_done(body):
    desk = Desk()
    assert desk.writer.accept(body, sent_timestamp_ms="1") == "quarantined"
    assert desk.quarantine.whys == ["not_understood"]


def test_a_token_of_another_campaign_another_id_or_another_purpose_writes_nothing():
    desk, payload = Desk(), make_payload()
    stolen = json.loads(make_envelope(payload))
    stolen["body"]["submission_id"] = str(uuid4())
    altered = json.loads(make_envelope(payload))
    altered["body"]["token"] = altered["body"]["token"][:-2] + "AA"
    bodies = [
        make_envelope(payload, slug="winter"),
        make_envelope(make_payload(purpose="status")),
        json.dumps(stolen),
        json.dumps(altered),
    ]
    for body in bodies:
        assert desk.writer.accept(body, sent_timestamp_ms="1") == "quarantined"
    assert desk.quarantine.whys == ["bad_token"] * 4
    assert desk.table.submissions.get(payload.submission_id) is None


def test_a_release_that_the_table_lacks_is_tried_again():
    with pytest.raises(TryAgain):
        Desk().send(make_payload(release=9))


def test_a_new_photo_is_welcome_once_and_only_while_asked_for():
    desk, payload = Desk(), make_payload()
    again = make_payload(submission_id=payload.submission_id, attempt=2, purpose="resubmit")
    with pytest.raises(TryAgain):
        desk.send(again)
    desk.send(payload)
    assert desk.send(again) == "not_asked"
    until = NOON + timedelta(days=7)
    asked = SubmissionStatus.NEEDS_RESUBMISSION
    assert decide(desk, payload.submission_id, 1, asked, resubmit_until=until)
    assert desk.send(again, at=until + timedelta(seconds=1)) == "not_asked"
    assert desk.send(again, at=until - timedelta(days=6, hours=23)) == "resubmitted"
    assert desk.send(again) == "seen"
    stored = desk.stored(payload.submission_id)
    assert stored.shown_status is SubmissionStatus.PENDING_REVIEW
    assert stored.entered_at == NOON


def test_a_later_decision_stands_and_an_earlier_or_equal_one_changes_nothing():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    assert decide(desk, payload.submission_id, 2, SubmissionStatus.APPROVED)
    before = desk.stored(payload.submission_id)
    for number in (1, 2):
        assert not decide(desk, payload.submission_id, number, SubmissionStatus.REJECTED)
    assert desk.stored(payload.submission_id) == before


def test_a_decision_on_nothing_says_so():
    with pytest.raises(SubmissionMissing):
        decide(Desk(), uuid4(), 1, SubmissionStatus.APPROVED)


@pytest.mark.parametrize("limit", [ONE_A_DAY, ONE_IN_TWO_HOURS])
def test_a_rejection_gives_the_slot_back_once(limit):
    desk, first, second, third = Desk(limits=(limit,)), *(make_payload() for _ in "abc")
    desk.send(first)
    for number in (1, 1, 2):
        decide(desk, first.submission_id, number, SubmissionStatus.REJECTED, gives_back=True)
    assert desk.stored(first.submission_id).limits_taken == ()
    assert desk.send(second) == "pending_review"
    assert desk.send(third) == "invalid"


def test_a_rejected_duplicate_keeps_its_slot():
    desk, first, second = Desk(limits=(ONE_A_DAY,)), make_payload(), make_payload()
    desk.send(first)
    duplicate = ({"code": "DUPLICATE_OTHER"},)
    decide(
        desk,
        first.submission_id,
        1,
        SubmissionStatus.REJECTED,
        gives_back=True,
        reasons=duplicate,
    )
    assert desk.send(second) == "invalid"


@pytest.mark.parametrize(("length", "outcome"), [(300, "pending_review"), (301, "invalid")])
def test_a_pattern_is_not_tried_on_more_than_a_line(length, outcome):
    desk = Desk(fields=(EMAIL_FIELD, {"name": "story", "kind": "long_text", "pattern": "a*"}))
    answers = {"email": "ann@example.com", "story": "a" * length}
    assert desk.send(make_payload(), answers=answers) == outcome
