"""What counted unseen and has a suspect photo goes to review, in whatever order both are heard of."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from campaigns.models import Campaign, User
from ingest_lambda.contract import (
    ImageRecord,
    Mode,
    Record,
    SubmissionRecord,
    SubmissionStatus,
    Suspicion,
)
from submissions.admin.wording import history, why_here
from submissions.models import Mail, OutboxDecision, Submission, SubmissionEvent
from submissions.rules.suspects import Photo, image_suspicions
from submissions.services.decisions import (
    approve_submission,
    reopen_submission,
    revoke_submission,
)
from submissions.services.letters import compose
from submissions.services.mirror import mirror_records, mirror_stream_records
from tests.submissions.factories import (
    NOON,
    make_campaign,
    make_image,
    make_record,
    make_upload,
    streamed,
)
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db


def entered(
    campaign: Campaign, status: SubmissionStatus = SubmissionStatus.APPROVED, **overrides: object
) -> tuple[SubmissionRecord, ImageRecord]:
    """Make a submission that counted at once, and the facts about the one photo it announced."""
    submission_id = uuid4()
    upload = make_upload(submission_id).model_copy(update={"sha256": "1" * 64})
    record = make_record(campaign, id=submission_id, status=status, uploads=(upload,), **overrides)
    return record, make_image(submission_id, upload)


def swapped(image: ImageRecord) -> ImageRecord:
    """Make it another file than the one that was announced."""
    return image.model_copy(update={"sha256": "2" * 64})


def hear(*records: Record) -> None:
    """Hear of records, each in a batch of its own."""
    for record in records:
        result = mirror_stream_records([streamed(record)], at=NOON)
        assert not result.refused


def row(submission_id: UUID) -> Submission:
    """Return a submission as it stands here."""
    return Submission.objects.get(pk=submission_id)


def is_in_review(submission_id: UUID, *suspicions: Suspicion) -> bool:
    """Tell whether it was sent to review once, for these suspicions and with all that belongs to it."""
    submission = row(submission_id)
    told = SubmissionEvent.objects.filter(submission_id=submission_id, kind="decided")
    return (
        submission.status == SubmissionStatus.PENDING_REVIEW
        and submission.decision_no == 1
        and [event.detail["suspicions"] for event in told] == [list(suspicions)]
        and OutboxDecision.objects.filter(submission=submission).count() == 1
    )


@pytest.mark.parametrize("status", [SubmissionStatus.APPROVED, SubmissionStatus.RECEIVED])
@pytest.mark.parametrize("image_first", [True, False])
def test_a_photo_that_was_swapped_on_the_way_is_looked_at(
    status: SubmissionStatus, image_first: bool
) -> None:
    record, image = entered(make_campaign(), status)
    both = [record, swapped(image)]
    hear(*(reversed(both) if image_first else both))
    assert is_in_review(record.id, Suspicion.OTHER_HASH)


def test_in_one_batch_it_is_the_same() -> None:
    record, image = entered(make_campaign())
    mirror_stream_records([streamed(swapped(image)), streamed(record)], at=NOON)
    assert is_in_review(record.id, Suspicion.OTHER_HASH)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_two_with_one_photo_the_second_is_looked_at_and_the_first_still_counts(
    order: tuple[int, ...],
) -> None:
    campaign = make_campaign()
    first, _ = entered(campaign)
    second, image = entered(campaign)
    heard = [first, second, image.model_copy(update={"seen_on": first.id})]
    hear(*(heard[place] for place in order))
    assert is_in_review(second.id, Suspicion.IMAGE_SEEN_BEFORE)
    assert row(first.id).status == SubmissionStatus.APPROVED


def test_a_photo_of_a_form_that_was_never_sent_makes_nobody_suspect() -> None:
    record, image = entered(make_campaign())
    hear(record, image.model_copy(update={"seen_on": uuid4()}))
    assert row(record.id).status == SubmissionStatus.APPROVED


def test_honest_photos_and_those_that_were_replaced_change_nothing() -> None:
    record, image = entered(make_campaign())
    replaced = image.model_copy(update={"key": f"{image.key}-before", "sha256": "3" * 64})
    hear(record, image, replaced)
    assert row(record.id).decision_no == 0


def test_heard_again_and_again_it_is_sent_to_review_once() -> None:
    record, image = entered(make_campaign())
    hear(record, swapped(image), record, swapped(image))
    mirror_records([record, swapped(image)], at=NOON, tell=False)
    assert is_in_review(record.id, Suspicion.OTHER_HASH)


def test_whom_a_person_let_in_is_not_sent_back_by_what_is_heard_again() -> None:
    record, image = entered(make_campaign())
    hear(record, swapped(image))
    approve_submission(record.id, actor=None, at=NOON)
    hear(swapped(image), record)
    assert row(record.id).status == SubmissionStatus.APPROVED


def test_a_persons_verdict_stands_when_the_facts_come_later() -> None:
    actor = User.objects.create(username="olivia")
    record, image = entered(make_campaign())
    hear(record)
    revoke_submission(record.id, actor=actor, at=NOON, note="Asked to.")
    hear(swapped(image))
    assert row(record.id).status == SubmissionStatus.REVOKED


def test_what_waits_for_review_anyway_needs_no_verdict_of_ours() -> None:
    record, image = entered(make_campaign(), SubmissionStatus.PENDING_REVIEW)
    hear(record, swapped(image))
    assert row(record.id).decision_no == 0


def test_a_test_entry_goes_the_same_way() -> None:
    campaign = make_campaign()
    record, image = entered(campaign)
    record = record.model_copy(
        update={"mode": Mode.TEST, "campaign_id": str(campaign.test_id), "slug": campaign.test_slug}
    )
    hear(record, swapped(image))
    assert is_in_review(record.id, Suspicion.OTHER_HASH)


def test_the_mail_no_longer_says_that_it_counts() -> None:
    record, image = entered(make_campaign())
    hear(record)
    mail = Mail.objects.get(submission_id=record.id)
    counts = compose(mail, at=NOON).body
    hear(swapped(image))
    assert compose(Mail.objects.get(pk=mail.pk), at=NOON).body != counts


def test_the_desk_says_why_in_words_and_staff_can_take_part_in_it() -> None:
    actor = User.objects.create(username="olivia")
    record, image = entered(make_campaign())
    hear(record, swapped(image))
    submission = row(record.id)
    (why,) = why_here(submission)
    assert why.startswith("A photo isn't the one that the browser announced.")
    lines = [(text, said) for _, text, said in history(submission, now=NOON)]
    assert ("It goes to review: its photos are suspect.", [why]) in lines

    approve_submission(record.id, actor=actor, at=NOON + timedelta(minutes=1))
    reopen_submission(record.id, actor=actor, at=NOON + timedelta(minutes=2), note="A slip.")
    assert why_here(row(record.id)) == [why]


def test_a_photo_that_is_not_there_yet_proves_nothing() -> None:
    announced = [{"key": "a", "sha256": "1"}, {"key": "b"}]
    photos = {"b": Photo("2", seen_on=None)}
    assert image_suspicions(announced, photos, sent=()) == ()
    photos["a"] = Photo("3", seen_on=UUID(int=1))
    assert image_suspicions(announced, photos, sent={UUID(int=1)}) == (
        Suspicion.OTHER_HASH,
        Suspicion.IMAGE_SEEN_BEFORE,
    )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(5))
def test_of_two_workers_who_hear_the_two_halves_at_once_one_sees_both(_round: int) -> None:
    record, image = entered(make_campaign())

    at_once(lambda: hear(record), lambda: hear(swapped(image)))
    assert is_in_review(record.id, Suspicion.OTHER_HASH)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_moderator_and_the_facts_at_once_leave_one_verdict_after_the_other() -> None:
    actor = User.objects.create(username="olivia")
    record, image = entered(make_campaign())
    hear(record)
    at_once(
        lambda: revoke_submission(record.id, actor=actor, at=NOON, note="Asked to."),
        lambda: hear(swapped(image)),
    )
    submission = row(record.id)
    numbers = OutboxDecision.objects.filter(submission=submission).values_list("decision_no")
    assert submission.status in (SubmissionStatus.REVOKED, SubmissionStatus.PENDING_REVIEW)
    assert sorted(number for (number,) in numbers) == [1]
