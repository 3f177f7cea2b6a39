"""What an entrant is told, to whom, and in which words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ingest_lambda import errors
from ingest_lambda.contract import Purpose, Reason, ReasonCode, StatusAnswer, SubmissionStatus
from tests.ingest_lambda.public_path import CURRENT, ID, NOON, World, open_world, record, token

OTHER = UUID("01972222-2222-7222-8222-222222222222")


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        yield world


def read(world: World, held: str | None = None, *, at=NOON, slug="summer") -> StatusAnswer:
    return world.reader.read(slug, ID, held or token(), at=at)


def test_it_is_queued_until_the_writer_has_stored_it(world: World):
    answer = read(world)
    assert answer.status == "queued"
    assert answer.poll_after_seconds == 1
    assert answer.received_at is None


def test_in_review_it_says_by_when_it_is_decided_in_working_days(world: World):
    world.table.submissions.create(record())
    answer = read(world)
    assert answer.status == "pending_review"
    # Entered on a Wednesday in London; three working days end with Monday, in summer time.
    assert answer.decide_by == datetime(2026, 6, 8, 23, tzinfo=UTC)
    assert answer.poll_after_seconds


def test_the_promise_begins_anew_with_an_answer_to_a_question(world: World):
    week = timedelta(days=7)
    world.table.submissions.create(record(attempt=2, written_at=NOON + week))
    assert read(world).decide_by == datetime(2026, 6, 8, 23, tzinfo=UTC) + week


def test_what_a_decision_put_back_into_the_queue_is_decided_by_the_day_that_it_promised(
    world: World,
):
    back = {
        "decision_no": 1,
        "decision_status": SubmissionStatus.PENDING_REVIEW,
        "decide_by": NOON + timedelta(days=12),
    }
    world.table.submissions.create(record(decided_attempt=1, **back))
    assert read(world).decide_by == NOON + timedelta(days=12)


def test_an_answer_that_came_since_is_promised_anew(world: World):
    back = {"decision_no": 1, "decision_status": SubmissionStatus.PENDING_REVIEW}
    week = timedelta(days=7)
    world.table.submissions.create(
        record(decided_attempt=1, decide_by=NOON, attempt=2, written_at=NOON + week, **back)
    )
    assert read(world).decide_by == datetime(2026, 6, 8, 23, tzinfo=UTC) + week


def test_the_answer_holds_no_personal_data(world: World):
    world.table.submissions.create(record())
    assert "ada@" not in read(world).model_dump_json()


def test_a_refusal_comes_with_a_sentence_and_when_to_enter_again(world: World):
    tomorrow = NOON + timedelta(days=1)
    reason = Reason(code=ReasonCode.LIMIT_REACHED, limit="daily", again_at=tomorrow)
    world.table.submissions.create(record(status=SubmissionStatus.INVALID, reasons=(reason,)))
    answer = read(world)
    (shown,) = answer.reasons
    assert shown.message
    assert answer.may_enter_again_at == tomorrow
    assert answer.decide_by is None
    assert answer.poll_after_seconds is None


def test_who_is_asked_again_may_send_again_until_the_deadline(world: World):
    until = NOON + timedelta(days=7)
    world.table.submissions.create(
        record(
            decision_status=SubmissionStatus.NEEDS_RESUBMISSION,
            decision_no=1,
            decided_attempt=1,
            decision_reasons=(Reason(code=ReasonCode.ILLEGIBLE, message="Too dark to read."),),
            resubmit_until=until,
        )
    )
    answer = read(world)
    assert answer.status == "needs_resubmission"
    assert [(action.kind, action.until) for action in answer.actions] == [("resubmit", until)]
    assert [reason.message for reason in answer.reasons] == ["Too dark to read."]
    assert read(world, at=until + timedelta(seconds=1)).actions == ()


def test_an_answer_to_it_waits_for_review_again(world: World):
    world.table.submissions.create(
        record(
            attempt=2,
            decision_status=SubmissionStatus.NEEDS_RESUBMISSION,
            decision_no=1,
            decided_attempt=1,
            decision_reasons=(Reason(code=ReasonCode.ILLEGIBLE, message="Too dark to read."),),
        )
    )
    answer = read(world)
    assert answer.status == "pending_review"
    assert answer.reasons == ()
    assert answer.actions == ()


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_token_of_a_submission_may_look(world: World, purpose):
    world.table.submissions.create(record())
    assert read(world, token(purpose=purpose)).status == "pending_review"


@pytest.mark.parametrize(
    "held",
    [
        pytest.param(token(submission_id=OTHER), id="of another submission"),
        pytest.param(token(slug="winter"), id="of another campaign"),
        pytest.param(token() + "x", id="altered"),
        pytest.param("nonsense", id="no token"),
    ],
)
def test_nobody_else_may_look(world: World, held):
    world.table.submissions.create(record())
    with pytest.raises(errors.BadToken):
        read(world, held)


def test_a_withdrawn_epoch_ends_every_earlier_token(world: World):
    world.table.submissions.create(record(epoch=2))
    with pytest.raises(errors.BadToken):
        read(world)


def reached(**more: object) -> Reason:
    return Reason(code=ReasonCode.LIMIT_REACHED, **more)


@pytest.mark.parametrize(
    ("reasons", "again"),
    [
        ((reached(again_at=NOON), reached(again_at=NOON + timedelta(days=1))), timedelta(days=1)),
        ((reached(again_at=NOON), reached()), None),
        ((Reason(code=ReasonCode.RECEIPT_USED), reached(again_at=NOON)), timedelta()),
        ((Reason(code=ReasonCode.RECEIPT_USED),), None),
    ],
)
def test_with_several_limits_reached_the_last_to_have_room_says_when_again(
    world: World, reasons, again
):
    world.table.submissions.create(record(status=SubmissionStatus.INVALID, reasons=reasons))
    expected = None if again is None else NOON + again
    assert read(world).may_enter_again_at == expected


def test_a_submission_whose_release_the_table_lacks_is_of_no_campaign(world: World):
    world.table.submissions.create(record(release=9))
    with pytest.raises(errors.UnknownCampaign):
        read(world)


@pytest.mark.parametrize("told_by", ["release", "state"])
def test_after_the_end_nobody_is_told_to_enter_again(world: World, told_by):
    """The link lives until the archive; the campaign may also have been closed before its time."""
    reasons = (reached(again_at=NOON + timedelta(hours=1)),)
    world.table.submissions.create(record(status=SubmissionStatus.INVALID, reasons=reasons))
    before = read(world, at=NOON + timedelta(hours=2))
    assert before.may_enter_again_at is not None
    assert "again" in before.reasons[0].message
    at = NOON + timedelta(days=300)
    if told_by == "state":
        at = NOON + timedelta(hours=2)
        world.table.published.set_current(
            CURRENT.model_copy(
                update={"closes_at": NOON + timedelta(hours=1), "revision": CURRENT.revision + 1}
            )
        )
    after = read(world, at=at)
    assert after.may_enter_again_at is None
    assert "again" not in after.reasons[0].message
