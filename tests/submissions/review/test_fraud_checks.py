"""What counted unseen and has a suspect photo goes to review, in whatever order both are heard of."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from campaignhub.clock.turns import Turn
from campaigns.accounts.models import User
from ingest_lambda.contract import (
    ImageRefusal,
    Mode,
    SubmissionRecord,
    SubmissionStatus,
    Suspicion,
    Upload,
)
from submissions.intake.services import mirroring
from submissions.intake.services.mirroring import mirror_records, mirror_stream_records
from submissions.mail.models import Mail
from submissions.mail.services.composing import compose
from submissions.mirror.models import PhotoCheck
from submissions.review.admin.wording import history, why_here
from submissions.review.rules.fraud_checks import Photo, image_suspicions
from submissions.review.services.decisions import approve_submission, reopen_submission
from submissions.review.services.fraud_checks import recheck
from tests.campaigns.factories import make_release
from tests.submissions.factories import NOON, make_campaign, make_record, make_upload, streamed
from tests.submissions.review.suspicious import entered, hear, is_in_review, row, sharing, swapped

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


@pytest.mark.parametrize("status", [SubmissionStatus.APPROVED, SubmissionStatus.RECEIVED])
@pytest.mark.parametrize("image_first", [True, False])
def test_a_photo_that_was_swapped_on_the_way_is_looked_at(
    status: SubmissionStatus, image_first: bool
) -> None:
    record, image = entered(make_campaign(), status)
    both = [record, swapped(image)]
    hear(*(reversed(both) if image_first else both))
    assert is_in_review(record.id, Suspicion.OTHER_HASH)


def test_what_was_sent_as_a_photo_and_gives_no_picture_waits_to_be_asked_for_another() -> None:
    record, image = entered(make_campaign())
    broken = image.model_copy(update={"refusal": ImageRefusal.NOT_AN_IMAGE, "pages": ()})
    hear(record, broken)
    assert row(record.id).status == SubmissionStatus.RECEIVED
    assert PhotoCheck.objects.filter(pk=record.id).exists()


def test_a_file_that_was_swapped_and_gives_no_picture_is_looked_at() -> None:
    record, image = entered(make_campaign())
    hear(record, swapped(image).model_copy(update={"refusal": ImageRefusal.DAMAGED}))
    assert is_in_review(record.id, Suspicion.OTHER_HASH, Suspicion.PHOTO_UNREADABLE)


def test_in_one_batch_it_is_the_same() -> None:
    record, image = entered(make_campaign())
    mirror_stream_records([streamed(swapped(image)), streamed(record)], at=NOON)
    assert is_in_review(record.id, Suspicion.OTHER_HASH)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_of_two_with_one_photo_the_second_is_looked_at_and_the_first_still_counts(
    order: tuple[int, ...],
) -> None:
    early, late = sharing(make_campaign())
    heard = [*early, *late]
    hear(*(heard[place] for place in order))
    assert is_in_review(late[0].id, Suspicion.IMAGE_SEEN_BEFORE)
    assert row(early[0].id).status == SubmissionStatus.APPROVED
    assert not PhotoCheck.objects.exists()


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_who_entered_first_is_the_first_though_the_photo_of_the_other_was_opened_before(
    order: tuple[int, ...],
) -> None:
    (early, its_photo), (late, the_same) = sharing(make_campaign())
    heard = [
        early,
        its_photo.model_copy(update={"seen_on": late.id}),
        late,
        the_same.model_copy(update={"seen_on": None}),
    ]
    hear(*(heard[place] for place in order))
    assert is_in_review(late.id, Suspicion.IMAGE_SEEN_BEFORE)
    assert row(early.id).status == SubmissionStatus.APPROVED


def test_a_photo_of_a_form_that_was_never_sent_makes_nobody_suspect() -> None:
    record, image = entered(make_campaign())
    hear(record, image.model_copy(update={"seen_on": uuid4()}))
    assert row(record.id).status == SubmissionStatus.APPROVED


def test_two_with_the_photo_of_a_form_that_was_never_sent_have_it_in_common() -> None:
    never_sent = uuid4()
    (early, its_photo), (late, the_same) = sharing(make_campaign())
    photos = [p.model_copy(update={"seen_on": never_sent}) for p in (its_photo, the_same)]
    hear(early, late, *photos)
    assert is_in_review(late.id, Suspicion.IMAGE_SEEN_BEFORE)
    assert row(early.id).status == SubmissionStatus.APPROVED


def test_what_was_refused_holds_no_photo_so_that_its_entrant_may_try_again() -> None:
    early, late = sharing(make_campaign(), first=SubmissionStatus.INVALID)
    hear(*early, *late)
    assert row(late[0].id).status == SubmissionStatus.APPROVED


@pytest.mark.parametrize("status", [SubmissionStatus.PENDING_REVIEW, SubmissionStatus.RECEIVED])
def test_the_first_may_wait_for_review_and_come_here_last(status: SubmissionStatus) -> None:
    early, late = sharing(make_campaign(), first=status)
    hear(*late, *early)
    assert is_in_review(late[0].id, Suspicion.IMAGE_SEEN_BEFORE)
    assert row(early[0].id).status == status


def test_a_photo_that_the_other_replaced_before_it_was_sent_is_not_the_others() -> None:
    (early, its_photo), late = sharing(make_campaign())
    replaced = its_photo.model_copy(update={"key": f"{its_photo.key}-before"})
    other = its_photo.model_copy(update={"sha256": "3" * 64})
    hear(early.model_copy(update={"uploads": _announced(early, "3")}), replaced, other, *late)
    assert row(late[0].id).status == SubmissionStatus.APPROVED


def _announced(record: SubmissionRecord, digit: str) -> tuple[Upload, ...]:
    """Return the uploads of a record, announced with another hash."""
    return tuple(u.model_copy(update={"sha256": digit * 64}) for u in record.uploads)


def test_a_photo_of_an_earlier_attempt_is_still_its_submissions() -> None:
    (early, its_photo), late = sharing(make_campaign())
    again = make_upload(early.id).model_copy(update={"key": "incoming/second"})
    answered = early.model_copy(
        update={
            "attempt": 2,
            "uploads": (again,),
            "version": 2,
            "status": SubmissionStatus.PENDING_REVIEW,
        }
    )
    hear(answered, its_photo, *late)
    assert is_in_review(late[0].id, Suspicion.IMAGE_SEEN_BEFORE)


def test_honest_photos_and_those_that_were_replaced_change_nothing() -> None:
    record, image = entered(make_campaign())
    replaced = image.model_copy(update={"key": f"{image.key}-before", "sha256": "3" * 64})
    hear(record, image, replaced)
    assert row(record.id).decision_no == 0


def test_heard_again_and_again_it_is_sent_to_review_once() -> None:
    record, image = entered(make_campaign())
    hear(record, swapped(image), record, swapped(image))
    mirror_records([record, swapped(image)], at=NOON, notify=False)
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
    approve_submission(record.id, actor=actor, at=NOON, note="By phone.", despite={"awaited"})
    hear(swapped(image))
    assert row(record.id).status == SubmissionStatus.APPROVED


def test_what_waits_for_review_anyway_needs_no_verdict_of_ours() -> None:
    record, image = entered(make_campaign(), SubmissionStatus.PENDING_REVIEW)
    hear(record, swapped(image))
    assert row(record.id).decision_no == 0


def test_a_test_entry_goes_the_same_way() -> None:
    campaign = make_campaign()
    make_release(campaign, is_test=True)
    record, image = entered(campaign)
    record = record.model_copy(
        update={"mode": Mode.TEST, "campaign_id": str(campaign.test_id), "slug": campaign.test_slug}
    )
    hear(record, swapped(image))
    assert is_in_review(record.id, Suspicion.OTHER_HASH)


def test_the_mail_says_that_it_counts_only_once_the_photos_agree() -> None:
    def subject(record: SubmissionRecord) -> str:
        return str(compose(Mail.objects.get(submission_id=record.id), at=NOON).subject)

    (honest, photo), (suspect, another) = entered(make_campaign()), entered(make_campaign())
    hear(honest, suspect)
    assert subject(honest).startswith("We have your entry")
    hear(photo, swapped(another))
    assert subject(honest).startswith("Your entry counts")
    assert subject(suspect).startswith("We have your entry")


def test_should_we_die_before_we_looked_the_sweep_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    (early, its_photo), (late, the_same) = sharing(make_campaign())
    honest, photo = entered(make_campaign())

    def killed(*_asked: object, **_at: object) -> None:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(mirroring, "review_suspects", killed)
        for one in (early, its_photo, late, the_same, honest, photo):
            with pytest.raises(SystemExit):
                hear(one)
    assert PhotoCheck.objects.count() == 3
    assert recheck(at=NOON) == 0  # the mirror may still be at it
    assert recheck(at=NOON + timedelta(minutes=1), turn=Turn(0)) == 0  # no time left
    assert recheck(at=NOON + timedelta(minutes=1)) == 1
    assert is_in_review(late.id, Suspicion.IMAGE_SEEN_BEFORE)
    assert row(early.id).status == row(honest.id).status == SubmissionStatus.APPROVED
    assert not PhotoCheck.objects.exists()


def test_what_waits_for_a_photo_goes_on_waiting_until_a_person_decides() -> None:
    record, _image = entered(make_campaign())
    hear(record)
    assert recheck(at=NOON + timedelta(minutes=9)) == 0
    assert PhotoCheck.objects.get().since == NOON
    actor = User.objects.create(username="olivia")
    approve_submission(record.id, actor=actor, at=NOON, note="By phone.", despite={"awaited"})
    recheck(at=NOON + timedelta(minutes=9))
    assert not PhotoCheck.objects.exists()


def test_what_is_reviewed_anyway_or_shows_no_photo_waits_for_none() -> None:
    waiting, _ = entered(make_campaign(), SubmissionStatus.PENDING_REVIEW)
    bare = make_record(make_campaign(), status=SubmissionStatus.APPROVED)
    hear(waiting, bare)
    assert not PhotoCheck.objects.exists()


def test_one_that_was_refused_and_counts_by_an_earlier_copy_is_compared_too() -> None:
    record, image = entered(make_campaign())
    refused = record.model_copy(update={"status": SubmissionStatus.INVALID})
    hear(refused, record.model_copy(update={"version": 2}), swapped(image))
    assert is_in_review(record.id, Suspicion.OTHER_HASH)


def test_the_desk_says_why_in_words_and_staff_can_take_part_in_it() -> None:
    actor = User.objects.create(username="olivia")
    record, image = entered(make_campaign())
    hear(record, swapped(image))
    submission = row(record.id)
    (why,) = why_here(submission)
    assert why.startswith("A photo isn't the one that the browser announced.")
    lines = [(text, said) for _, text, said in history(submission)]
    assert ("It goes to review because of its photos.", [why]) in lines

    approve_submission(record.id, actor=actor, at=NOON + timedelta(minutes=1))
    reopen_submission(record.id, actor=actor, at=NOON + timedelta(minutes=2), note="A slip.")
    assert why_here(row(record.id)) == ["olivia reopened it: A slip.", why]


def test_a_photo_that_is_not_there_yet_proves_nothing() -> None:
    announced = [{"key": "a", "sha256": "1"}, {"key": "b"}]
    photos = {"b": Photo("2")}
    assert image_suspicions(announced, photos, anothers=()) == ()
    photos["a"] = Photo("3", refusal="damaged")
    assert image_suspicions(announced, photos, anothers={"3"}) == (
        Suspicion.OTHER_HASH,
        Suspicion.IMAGE_SEEN_BEFORE,
        Suspicion.PHOTO_UNREADABLE,
    )
