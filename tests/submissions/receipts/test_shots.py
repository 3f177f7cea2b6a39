"""The pictures of an entry at the desk: what was sent again is told from what was there, and what matters is shown first."""

from typing import Any

import pytest
from django.db.models import QuerySet

from campaigns.setup.models import FormField
from ingest_lambda.contract import ImageRecord, ImageRefusal, SubmissionRecord, SubmissionStatus
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission
from submissions.receipts.admin import REPEATS, Shot, first_of, shots_of
from submissions.review.services.decisions import approve_submission
from tests.campaigns.factories import make_user
from tests.submissions.factories import (
    NOON,
    make_campaign,
    make_image,
    make_record,
    make_upload,
    streamed,
)
from tests.submissions.review.at_the_desk import make_staff, show

pytestmark = pytest.mark.django_db


def answered(*, sha256: str = "2" * 64, arrives: bool = True) -> Submission:
    """Bring an entry here that was asked for a new photo and sent one."""
    record = make_record(make_campaign())
    before, after = make_upload(record.id), make_upload(record.id)
    after = after.model_copy(update={"key": after.key.replace("/1/1-1-", "/2/1-1-")})
    answer: SubmissionRecord = record.model_copy(
        update={"attempt": 2, "uploads": (after,), "earlier_keys": (before.key,)}
    )
    came: list[ImageRecord] = [make_image(record.id, before)]
    if arrives:
        new = make_image(record.id, after)
        came.append(new.model_copy(update={"attempt": 2, "sha256": sha256}))
    mirror_stream_records([streamed(one) for one in (answer, *came)], at=NOON)
    return Submission.objects.get(pk=record.id)


def seen(submission: Submission) -> list[Shot]:
    rows: QuerySet[Submission] = Submission.objects.all()
    return shots_of(submission, visible=rows)


def test_what_was_sent_again_is_marked_new_beside_earlier_and_opened() -> None:
    submission = answered()
    new, earlier = seen(submission)
    assert (new.label, new.mark) == ("New photo", "new")
    assert (earlier.label, earlier.mark) == ("Earlier photo", "earlier")
    assert not new.repeats
    assert first_of([earlier, new], submission) == 1


def test_the_same_file_again_is_flagged() -> None:
    submission = answered(sha256="1" * 64)
    new, earlier = seen(submission)
    assert new.repeats
    assert new.notes[0] == REPEATS
    assert new.twin is None, "it is no other entry's"
    assert not earlier.repeats
    browser, _ = make_staff(submission.campaign)
    page = show(browser, submission)
    assert page.count(REPEATS) == 2, "beside the photo, and among why it is here"


def test_a_new_photo_that_has_still_to_arrive_comes_before_the_earlier_one() -> None:
    submission = answered(arrives=False)
    new, _earlier = shots = seen(submission)
    assert new.missing
    assert "The new photo hasn't arrived yet" in new.gap
    assert first_of(shots, submission) == 0


def test_an_answer_that_was_judged_is_unread_no_longer() -> None:
    submission = answered(sha256="1" * 64)
    shots = seen(submission)
    approve_submission(submission.pk, actor=make_user(), at=NOON)
    submission.refresh_from_db()
    plain = Shot("Earlier photo", is_receipt=True)
    assert submission.status == SubmissionStatus.APPROVED
    assert first_of([plain, Shot("New photo", mark="new")], submission) == 0
    assert first_of([plain, shots[0]], submission) == 1, "its problem stays one"


def test_a_first_entry_has_no_marks_and_opens_on_the_receipt_unless_another_has_a_problem() -> None:
    campaign = make_campaign()
    FormField.objects.create(campaign=campaign, name="selfie", kind="other_image")
    FormField.objects.create(campaign=campaign, name="receipt", kind="receipt_image")

    def entry(**selfie: Any) -> Submission:
        record = make_record(campaign)
        one, two = make_upload(record.id, 1), make_upload(record.id, 2)
        uploads = (one.model_copy(update={"field": "selfie"}), two)
        images = (
            make_image(record.id, one).model_copy(update={"sha256": "3" * 64, **selfie}),
            make_image(record.id, two).model_copy(update={"sha256": record.id.hex * 2}),
        )
        record = record.model_copy(update={"uploads": uploads})
        mirror_stream_records([streamed(row) for row in (record, *images)], at=NOON)
        return Submission.objects.get(pk=record.id)

    plain = entry()
    assert [shot.mark for shot in seen(plain)] == ["", ""]
    assert first_of(seen(plain), plain) == 1
    broken = entry(refusal=ImageRefusal.DAMAGED, sha256="4" * 64)
    assert first_of(seen(broken), broken) == 0
    browser, _ = make_staff(campaign)
    assert 'data-first="1"' in show(browser, plain)
    assert 'data-first="0"' in show(browser, broken)
