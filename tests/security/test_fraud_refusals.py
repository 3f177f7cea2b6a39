"""Who announces the hash of somebody else's file takes its guard, and cannot have the other refused for good."""

from datetime import datetime, timedelta

import pytest

from campaignhub.clock.turns import Turn
from campaigns.accounts.models import User
from campaigns.setup.models import Campaign, Limit
from ingest_lambda.contract import (
    ImageRecord,
    Reason,
    ReasonCode,
    SubmissionRecord,
    SubmissionStatus,
    Suspicion,
)
from submissions.intake.services.refusals import look_into_refusals
from submissions.mirror.models import PhotoCheck
from submissions.review.admin.wording import why_here
from submissions.review.models import OutboxDecision
from submissions.review.services.decisions import (
    reopen_submission,
)
from tests.submissions.factories import NOON, make_campaign
from tests.submissions.review.suspicious import entered, hear, is_in_review, row, swapped

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=36)
USED = Reason(code=ReasonCode.RECEIPT_USED)


def wronged(
    campaign: Campaign, *reasons: Reason, **more: object
) -> tuple[SubmissionRecord, ImageRecord]:
    """Make an honest entry that the writer refused, as its hash had been announced before."""
    record, image = entered(campaign, SubmissionStatus.INVALID, reasons=reasons or (USED,), **more)
    return record, image


def look(at: datetime = LATER) -> int:
    """Let the clock look into refusals: in a turn without time nothing, in the next one all."""
    assert look_into_refusals(at=at, turn=Turn(0)) == 0
    return look_into_refusals(at=at)


@pytest.mark.parametrize("sends", ["nothing", "another file"])
def test_who_was_refused_for_a_photo_that_the_other_never_sent_reaches_a_person(sends: str) -> None:
    campaign = make_campaign()
    thief, file = entered(campaign, SubmissionStatus.PENDING_REVIEW, entered_at=NOON)
    honest, photo = wronged(campaign, entered_at=NOON + timedelta(minutes=1))
    hear(thief, honest, photo)
    if sends == "another file":
        hear(swapped(file))
    assert look() == 1
    assert is_in_review(honest.id, Suspicion.RECEIPT_CLAIMED)
    assert "never sent that photo" in " ".join(why_here(row(honest.id)))
    assert look() == 0
    assert not PhotoCheck.objects.exists()


def test_where_the_other_really_shows_the_photo_the_refusal_stands() -> None:
    campaign = make_campaign()
    first, photo = entered(campaign, SubmissionStatus.PENDING_REVIEW)
    second, the_same = wronged(campaign)
    hear(first, second, the_same, photo)
    assert look() == 0
    assert row(second.id).status == SubmissionStatus.INVALID
    assert not PhotoCheck.objects.exists()


def test_nobody_is_let_in_while_the_other_s_photo_may_still_come() -> None:
    campaign = make_campaign()
    honest, photo = wronged(campaign)
    hear(honest, photo)
    assert look(NOON + timedelta(minutes=34)) == 0
    assert look() == 1


@pytest.mark.parametrize("own", ["nothing", "another file"])
def test_who_sends_no_photo_or_another_one_was_wronged_of_nothing(own: str) -> None:
    honest, photo = wronged(make_campaign())
    hear(honest)
    if own == "another file":
        hear(swapped(photo))
    assert look() == 0
    assert row(honest.id).status == SubmissionStatus.INVALID


@pytest.mark.parametrize(
    "reason",
    [
        Reason(code=ReasonCode.RECEIPT_USED, field="receipt"),
        Reason(code=ReasonCode.ENTERED_TOO_LATE),
        Reason(code=ReasonCode.LIMIT_REACHED, limit="person_campaign"),
    ],
    ids=["twice in one entry", "too late", "a person's limit"],
)
def test_a_refusal_that_has_another_reason_too_stands(reason: Reason) -> None:
    for reasons in ((reason,), (USED, reason)):
        record, photo = wronged(make_campaign(), *reasons)
        hear(record, photo)
        assert look() == 0
        assert row(record.id).status == SubmissionStatus.INVALID


@pytest.mark.parametrize(("others", "went"), [(1, 1), (2, 0)])
def test_of_a_receipt_that_may_be_sent_twice_the_third_is_refused_for_photos_that_came(
    others: int, went: int
) -> None:
    campaign = make_campaign()
    Limit.objects.create(campaign=campaign, scope="receipt", count=2, window="campaign")
    for place in range(2):
        record, photo = entered(campaign, SubmissionStatus.PENDING_REVIEW)
        hear(record, *((photo,) if place < others else ()))
    reached = Reason(code=ReasonCode.LIMIT_REACHED, limit="receipt_campaign")
    third, photo = wronged(campaign, reached)
    hear(third, photo)
    assert look() == went


def test_staff_were_quicker() -> None:
    campaign, actor = make_campaign(), User.objects.create(username="olivia")
    honest, photo = wronged(campaign)
    hear(honest, photo)
    reopen_submission(honest.id, actor=actor, at=NOON, note="They called.")
    assert look() == 0
    assert row(honest.id).status == SubmissionStatus.PENDING_REVIEW
    assert not PhotoCheck.objects.filter(submission__status="invalid").exists()


def test_two_rounds_make_one_verdict() -> None:
    honest, photo = wronged(make_campaign())
    hear(honest, photo)
    assert (look(), look()) == (1, 0)
    assert OutboxDecision.objects.filter(submission_id=honest.id).count() == 1
