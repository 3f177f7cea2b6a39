"""What comes under an id that is there already: copies, conflicts, new attempts."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest_lambda.adapters.releases import Releases
from ingest_lambda.adapters.tokens import sign
from ingest_lambda.contract import (
    ReasonCode,
    StatusAnswer,
    Suspicion,
    TokenPayload,
)
from ingest_lambda.contract import (
    SubmissionStatus as Status,
)
from ingest_lambda.functions.status import StatusReader
from tests.ingest_lambda.functions.write.attempts import DAILY, FORM, WEEK, asked, expire
from tests.ingest_lambda.writing import (
    KEYS,
    NOON,
    ONCE_A_RECEIPT,
    Desk,
    decide,
    make_payload,
    make_upload,
)

pytestmark = pytest.mark.usefixtures("account")


def status_of(desk: Desk, payload: TokenPayload, *, at: datetime = NOON) -> StatusAnswer:
    reader = StatusReader(desk.table, desk.stock, Releases(desk.table), KEYS)
    return reader.read("summer", payload.submission_id, sign(payload, token_keys=KEYS), at=at)


@pytest.mark.parametrize("later", [timedelta(seconds=4), timedelta(minutes=11), timedelta(days=3)])
def test_the_same_body_at_any_later_time_has_no_second_effect(later):
    desk, payload = Desk(limits=(DAILY,)), make_payload()
    desk.send(payload)
    before = desk.stored(payload.submission_id)
    assert desk.send(payload, at=NOON + later) == "seen"
    assert desk.stored(payload.submission_id) == before


def test_a_renewed_token_sends_the_same_submission():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    renewed = payload.model_copy(update={"challenge": "passed"})
    assert desk.send(renewed) == "seen"


def test_a_copy_that_would_not_count_changes_nothing():
    desk, payload = Desk(opens_at=NOON), make_payload()
    desk.send(payload, at=NOON)
    before = desk.stored(payload.submission_id)
    assert desk.send(payload, at=NOON - timedelta(minutes=1)) == "seen"
    assert desk.stored(payload.submission_id) == before


def test_an_earlier_copy_moves_the_use_of_a_limit_to_its_day():
    desk, payload = Desk(limits=(DAILY,)), make_payload()
    midnight = datetime(2026, 6, 10, 23, tzinfo=UTC)
    desk.send(payload, at=midnight)
    assert desk.send(payload, at=midnight - timedelta(minutes=1)) == "seen"
    stored = desk.stored(payload.submission_id)
    assert stored.entered_at == midnight - timedelta(minutes=1)
    assert [taken.window for taken in stored.limits_taken] == ["2026-06-10"]
    assert desk.send(make_payload(), at=midnight) == "pending_review"
    assert desk.send(make_payload(), at=midnight - timedelta(minutes=2)) == "invalid"


def test_an_earlier_copy_whose_day_is_full_leaves_the_later_one_counting():
    desk, payload = Desk(limits=(DAILY,)), make_payload()
    midnight = datetime(2026, 6, 10, 23, tzinfo=UTC)
    desk.send(make_payload(), at=midnight - timedelta(hours=1))
    desk.send(payload, at=midnight)
    before = desk.stored(payload.submission_id)
    assert desk.send(payload, at=midnight - timedelta(minutes=1)) == "seen"
    assert desk.stored(payload.submission_id) == before


def test_an_earlier_copy_moves_a_rolling_use_too():
    rolling = {
        "name": "often",
        "scope": "person",
        "count": 1,
        "window": {"kind": "rolling", "hours": 2},
    }
    desk, payload = Desk(limits=(rolling,)), make_payload()
    desk.send(payload)
    desk.send(payload, at=NOON - timedelta(minutes=30))
    free = NOON + timedelta(minutes=90)
    assert desk.send(make_payload(), at=free - timedelta(seconds=1)) == "invalid"
    assert desk.send(make_payload(), at=free) == "pending_review"


def test_a_copy_of_a_day_with_room_counts_though_one_over_the_limit_came_first():
    desk, payload = Desk(limits=(DAILY,)), make_payload()
    midnight = datetime(2026, 6, 10, 23, tzinfo=UTC)
    desk.send(make_payload(), at=midnight)
    assert desk.send(payload, at=midnight + timedelta(minutes=1)) == "invalid"
    assert desk.send(payload, at=midnight - timedelta(minutes=1)) == "pending_review"
    assert desk.stored(payload.submission_id).reasons == ()


def test_a_punctual_copy_over_a_limit_stays_invalid_and_says_why():
    desk = Desk(limits=(DAILY,), closes_at=NOON)
    desk.send(make_payload(), at=NOON - timedelta(minutes=5))
    payload = make_payload()
    assert desk.send(payload) == "invalid"
    assert desk.send(payload, at=NOON - timedelta(minutes=1)) == "invalid"
    codes = [reason.code for reason in desk.stored(payload.submission_id).reasons]
    assert codes == [ReasonCode.LIMIT_REACHED]


def test_what_was_wrong_at_any_time_stays_wrong_in_an_earlier_copy():
    desk = Desk(fields=FORM, limits=(ONCE_A_RECEIPT,))
    desk.send(make_payload(uploads=(make_upload(),)))
    payload = make_payload(uploads=(make_upload(),))
    assert desk.send(payload) == "invalid"
    before = desk.stored(payload.submission_id)
    assert desk.send(payload, at=NOON - timedelta(minutes=1)) == "seen"
    assert desk.stored(payload.submission_id) == before


def test_a_new_attempt_brings_its_photo_and_takes_its_guard():
    desk = Desk(fields=FORM, limits=(ONCE_A_RECEIPT,))
    first, second = asked(desk)
    assert desk.send(second) == "resubmitted"
    stored = desk.stored(first.submission_id)
    assert stored.attempt == 2
    assert stored.uploads == second.uploads
    assert stored.earlier_keys == tuple(upload.key for upload in first.uploads)
    assert all(map(stored.names, (*stored.earlier_keys, second.uploads[0].key)))
    assert len(stored.guards_taken) == 2
    used = make_payload(uploads=second.uploads)
    assert desk.send(used) == "invalid"


def test_a_new_attempt_with_anothers_receipt_is_looked_at():
    desk = Desk(fields=FORM, limits=(ONCE_A_RECEIPT,))
    first, second = asked(desk)
    desk.send(make_payload(uploads=second.uploads), answers={"email": "eve@example.com"})
    assert desk.send(second) == "resubmitted"
    assert desk.stored(first.submission_id).suspicions == (Suspicion.IMAGE_SEEN_BEFORE,)


def test_a_new_attempt_without_its_photo_uses_up_no_link_and_is_told():
    desk = Desk(fields=FORM)
    first, second = asked(desk)
    empty = second.model_copy(update={"uploads": ()})
    assert [desk.send(empty) for _ in "ab"] == ["incomplete"] * 2
    assert desk.stored(first.submission_id).version == 3
    answer = status_of(desk, first)
    assert answer.status == "needs_resubmission"
    assert [reason.code for reason in answer.reasons] == ["ILLEGIBLE", "ANSWER_MISSING"]
    assert [action.kind for action in answer.actions] == ["resubmit"]
    assert desk.send(second) == "resubmitted"
    assert desk.stored(first.submission_id).reasons == ()


def test_an_answer_is_judged_by_when_it_entered():
    desk = Desk(fields=FORM)
    _, second = asked(desk)
    assert desk.send(second, at=NOON + WEEK + timedelta(seconds=1)) == "not_asked"
    assert desk.send(second, at=NOON + WEEK) == "resubmitted"


def test_a_link_past_its_own_time_is_not_taken():
    desk = Desk(fields=FORM)
    _, second = asked(desk)
    short = second.model_copy(update={"expires_at": NOON + timedelta(hours=1)})
    assert desk.send(short, at=NOON + timedelta(hours=2)) == "not_asked"


def test_a_link_of_an_epoch_that_is_over_is_not_taken():
    desk = Desk(fields=FORM)
    first, second = asked(desk)
    stored = desk.stored(first.submission_id)
    withdrawn = {"epoch": 2, "version": stored.version + 1}
    desk.table.submissions.replace(stored.model_copy(update=withdrawn))
    assert desk.send(second) == "not_asked"
    assert desk.send(second.model_copy(update={"epoch": 2})) == "resubmitted"


def test_an_answer_that_entered_in_time_beats_the_sweep_that_was_quicker():
    desk = Desk(fields=FORM, limits=(ONCE_A_RECEIPT, DAILY))
    first, second = asked(desk)
    expire(desk, first)
    assert desk.stored(first.submission_id).limits_taken == ()
    assert desk.send(second, at=NOON + WEEK - timedelta(minutes=1)) == "resubmitted"
    stored = desk.stored(first.submission_id)
    assert stored.shown_status is Status.PENDING_REVIEW
    assert len(stored.limits_taken) == 1
    assert len(stored.guards_taken) == 2


def test_an_answer_after_the_deadline_does_not():
    desk = Desk(fields=FORM)
    first, second = asked(desk)
    expire(desk, first)
    assert desk.send(second, at=NOON + WEEK + timedelta(minutes=1)) == "not_asked"
    assert desk.stored(first.submission_id).shown_status is Status.REJECTED


def test_a_sweep_that_comes_after_the_answer_changes_nothing_of_it():
    desk = Desk(fields=FORM, limits=(DAILY,))
    first, second = asked(desk)
    desk.send(second)
    expire(desk, first)
    stored = desk.stored(first.submission_id)
    assert stored.shown_status is Status.PENDING_REVIEW
    assert len(stored.limits_taken) == 1


def test_a_moderators_rejection_is_not_answered_by_an_old_link():
    desk = Desk(fields=FORM)
    first, second = asked(desk)
    decide(desk, first.submission_id, 2, Status.REJECTED, reasons=({"code": "OTHER"},))
    assert desk.send(second) == "not_asked"


def test_another_body_of_a_later_attempt_is_a_conflict():
    desk = Desk(fields=FORM)
    first, second = asked(desk)
    desk.send(second)
    other = second.model_copy(update={"uploads": (make_upload(sha256="c" * 64, nonce="n3"),)})
    assert [desk.send(other) for _ in "ab"] == ["conflict"] * 2
    assert desk.send(first) == "seen"
    assert len(desk.stored(first.submission_id).conflict_hashes) == 1
