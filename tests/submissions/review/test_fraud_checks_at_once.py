"""Two who hear of a suspect at the same moment send it to review once."""

from datetime import timedelta

import pytest

from campaigns.accounts.models import User
from ingest_lambda.contract import SubmissionStatus, Suspicion
from submissions.receipts.rules.photo_gaps import PhotoGap
from submissions.review.models import OutboxDecision
from submissions.review.services.decisions import approve_submission
from submissions.review.services.fraud_checks import recheck
from tests.submissions.factories import NOON, make_campaign
from tests.submissions.review.suspicious import entered, hear, is_in_review, row, sharing, swapped
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(5))
def test_of_two_workers_who_hear_the_two_halves_at_once_one_sees_both(_round: int) -> None:
    record, image = entered(make_campaign())

    at_once(lambda: hear(record), lambda: hear(swapped(image)))
    assert is_in_review(record.id, Suspicion.OTHER_HASH)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(5))
def test_of_two_workers_with_one_entry_each_of_one_photo_the_second_entry_goes(
    _round: int,
) -> None:
    early, late = sharing(make_campaign())
    hear(early[1], late[1])
    at_once(lambda: hear(early[0]), lambda: hear(late[0]))
    assert is_in_review(late[0].id, Suspicion.IMAGE_SEEN_BEFORE)
    assert row(early[0].id).status == SubmissionStatus.APPROVED


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_sweep_and_the_mirror_at_once_send_it_to_review_once() -> None:
    record, image = entered(make_campaign())
    hear(record)
    later = NOON + timedelta(minutes=5)
    at_once(lambda: hear(swapped(image)), lambda: recheck(at=later))
    recheck(at=later)
    assert is_in_review(record.id, Suspicion.OTHER_HASH)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_moderator_and_the_facts_at_once_leave_one_verdict_after_the_other() -> None:
    actor = User.objects.create(username="olivia")
    record, image = entered(make_campaign())
    hear(record)
    at_once(
        lambda: approve_submission(
            record.id, actor=actor, at=NOON, despite=set(PhotoGap), note="Seen on paper."
        ),
        lambda: hear(swapped(image)),
    )
    submission = row(record.id)
    numbers = OutboxDecision.objects.filter(submission=submission).values_list("decision_no")
    assert submission.status == SubmissionStatus.APPROVED
    assert sorted(number for (number,) in numbers) == list(range(1, submission.decision_no + 1))
