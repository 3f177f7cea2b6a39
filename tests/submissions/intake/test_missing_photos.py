"""Photos that never came, or give no picture, are asked for by themselves, once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from campaignhub import aws, ingest
from campaignhub.clock.turns import Turn
from campaignhub.env import env
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.adapters.table.keys import image_key
from ingest_lambda.contract import (
    ImageRefusal,
    Reason,
    ReasonCode,
    SubmissionStatus,
    Suspicion,
    Upload,
)
from submissions.intake.models import PhotoDeadline
from submissions.intake.services import missing_photos
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.intake.services.missing_photos import (
    ASKED_LATER,
    ask_for_photos,
    ask_where_it_counts_unseen,
)
from submissions.intake.services.photo_deadlines import IMAGE_PATIENCE
from submissions.mirror.models import PhotoCheck, ReceiptImage, Submission, SubmissionEvent
from submissions.operations.services.ledger_rounds import compare_everything
from submissions.review.models import OutboxDecision, Review
from submissions.review.services.decisions import (
    reject_submission,
    reopen_submission,
    request_resubmission,
)
from submissions.review.services.fraud_checks import recheck
from submissions.review.services.outbox import propagate_decisions
from tests.campaigns.factories import make_user
from tests.submissions.factories import (
    NOON,
    make_campaign,
    make_image,
    make_record,
    make_upload,
    streamed,
)
from tests.support.simulated_aws import simulated_aws, take_table_away

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
LATER = NOON + timedelta(minutes=36)


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with simulated_aws(monkeypatch):
        yield


def _submission(
    *,
    arrived: int,
    announced: int = 2,
    mirrored: int | None = None,
    refused: ImageRefusal | None = None,
    **record_of: object,
) -> Submission:
    """Store an entry and the photos that arrived; bring as many of those here as were ``mirrored``.

    The first gives no picture where it was ``refused``.
    """
    record = make_record(make_campaign(), **record_of)
    uploads = tuple(make_upload(record.id, part) for part in range(1, announced + 1))
    record = record.model_copy(update={"uploads": uploads})
    images = [make_image(record.id, upload) for upload in uploads[:arrived]]
    if refused:
        images[0] = images[0].model_copy(update={"refusal": refused})
    ingest.clients.submissions_table().submissions.create(record)
    for image in images:
        ingest.clients.submissions_table().photos.put_image(image)
    mirror_stream_records([streamed(one) for one in (record, *images[:mirrored])], at=NOON)
    return Submission.objects.get(pk=record.id)


@pytest.mark.parametrize("arrived", [0, 1])
def test_a_photo_that_never_came_is_asked_for_once(arrived):
    submission = _submission(arrived=arrived)
    assert ask_for_photos(at=LATER) == 1
    assert ask_for_photos(at=LATER) == 0
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.NEEDS_RESUBMISSION
    assert Review.objects.get().reasons[0]["code"] == "IMAGE_NOT_RECEIVED"
    assert OutboxDecision.objects.count() == 1


def test_a_complete_submission_is_left_alone():
    _submission(arrived=2)
    assert ask_for_photos(at=LATER) == 0


def test_a_photo_that_only_the_mirror_lost_is_brought_here_and_not_asked_for():
    submission = _submission(arrived=2, mirrored=1)
    assert ask_for_photos(at=LATER) == 0
    assert ReceiptImage.objects.filter(submission_id=submission.pk).count() == 2


def test_nobody_is_asked_while_the_table_is_away(monkeypatch):
    _submission(arrived=0)
    take_table_away(monkeypatch)
    assert ask_for_photos(at=LATER) == 0


class Steps(Turn):
    """A turn that has time for so many steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._left = steps

    def is_over(self) -> bool:
        self._left -= 1
        return self._left < 0


@pytest.mark.parametrize("ask", [ask_for_photos, ask_where_it_counts_unseen])
def test_a_round_without_time_leaves_the_rest_to_the_next_one(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing_photos, "_A_STEP", 1)
    counts: dict[str, Any] = (
        {"status": SubmissionStatus.APPROVED} if ask is ask_where_it_counts_unseen else {}
    )
    for _ in range(3):
        _submission(arrived=0, **counts)
    assert ask(at=LATER, turn=Turn(0)) == 0
    assert ask(at=LATER, turn=Steps(1)) == 1
    assert ask(at=LATER) == 2
    assert ask(at=LATER) == 0


def test_nobody_is_asked_before_the_upload_form_has_ended():
    _submission(arrived=0)
    assert ask_for_photos(at=NOON + timedelta(minutes=34)) == 0


def test_a_form_without_photos_is_asked_for_none():
    _submission(arrived=0, announced=0)
    assert ask_for_photos(at=LATER) == 0


def _due() -> list[Any]:
    return list(PhotoDeadline.objects.order_by("due_at").values_list("submission_id", "due_at"))


def test_what_is_due_is_noted_for_those_alone_whose_photos_are_not_here() -> None:
    _submission(arrived=2)
    waiting = _submission(arrived=1)
    assert _due() == [(waiting.pk, NOON + IMAGE_PATIENCE)]
    photo = make_image(waiting.pk, Upload.model_validate(waiting.uploads[1]))
    for _ in range(2):
        mirror_stream_records([streamed(photo)], at=SOON)
    assert _due() == []


def test_a_last_photo_that_gives_no_picture_makes_it_due_at_once() -> None:
    waiting = _submission(arrived=1)
    photo = make_image(waiting.pk, Upload.model_validate(waiting.uploads[1]))
    broken = photo.model_copy(update={"refusal": DAMAGED})
    mirror_stream_records([streamed(broken)], at=SOON)
    assert _due() == [(waiting.pk, SOON)]


def test_what_could_not_be_asked_for_stands_behind_the_others_and_is_asked_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = _submission(arrived=0)
    with monkeypatch.context() as away:
        take_table_away(away)
        assert ask_for_photos(at=LATER) == 0
    assert _due() == [(waiting.pk, LATER + ASKED_LATER)]
    assert ask_for_photos(at=LATER) == 0
    assert ask_for_photos(at=LATER + ASKED_LATER) == 1
    assert _due() == []


def test_a_round_reads_what_is_due_and_nothing_else(django_assert_num_queries: Any) -> None:
    for _ in range(3):
        _submission(arrived=0)
    with django_assert_num_queries(1):
        assert ask_for_photos(at=SOON) == 0


def _unseen(**how: object) -> Submission:
    return _submission(status=SubmissionStatus.APPROVED, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("arrived", [0, 1])
def test_what_counts_without_its_photo_is_asked_for_it_once(arrived: int) -> None:
    submission = _unseen(arrived=arrived)
    assert ask_where_it_counts_unseen(at=NOON + timedelta(minutes=34)) == 0
    assert ask_where_it_counts_unseen(at=LATER) == 1
    assert ask_where_it_counts_unseen(at=LATER) == 0
    recheck(at=LATER)
    assert not PhotoCheck.objects.exists()
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.NEEDS_RESUBMISSION
    assert [review.verdict for review in Review.objects.order_by("decision_no")] == [
        SubmissionStatus.PENDING_REVIEW,
        SubmissionStatus.NEEDS_RESUBMISSION,
    ]
    assert propagate_decisions(at=LATER) == 1
    assert propagate_decisions(at=LATER) == 1
    stored = ingest.read_submission(submission.pk)
    assert stored is not None
    assert stored.shown_status is SubmissionStatus.NEEDS_RESUBMISSION
    (mail, *_) = submission.mails.filter(decision_no=2).order_by("not_before")
    assert mail.kind == "asked_again"


def test_what_was_received_and_has_no_photo_is_asked_without_a_detour() -> None:
    submission = _submission(arrived=0, status=SubmissionStatus.RECEIVED)
    assert ask_where_it_counts_unseen(at=LATER) == 1
    assert ask_for_photos(at=LATER) == 0
    assert submission.reviews.get().verdict == SubmissionStatus.NEEDS_RESUBMISSION


def test_what_counts_with_all_its_photos_is_left_alone() -> None:
    _unseen(arrived=2)
    _unseen(arrived=2, mirrored=1)
    _unseen(arrived=0, announced=0)
    assert ask_where_it_counts_unseen(at=LATER) == 0
    assert not Review.objects.exists()
    assert not PhotoCheck.objects.exists()


def test_what_entered_long_ago_without_its_photo_goes_to_a_person_and_gets_no_mail() -> None:
    submission = _unseen(arrived=0, entered_at=NOON - timedelta(days=2))
    assert ask_where_it_counts_unseen(at=LATER) == 0
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.PENDING_REVIEW
    propagate_decisions(at=LATER)
    assert not submission.mails.filter(decision_no__isnull=False).exists()


def test_what_counts_is_left_alone_while_the_table_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _unseen(arrived=0)
    take_table_away(monkeypatch)
    assert ask_where_it_counts_unseen(at=LATER) == 0
    assert not Review.objects.exists()


# ----------------------------------------------------------- files that give no picture

SOON = NOON + timedelta(minutes=5)
DAMAGED = ImageRefusal.DAMAGED


@pytest.mark.parametrize("announced", [1, 2])
@pytest.mark.parametrize(
    ("refusal", "asked_for"),
    [
        (
            refusal,
            ReasonCode.IMAGE_TOO_LARGE if "too_large" in refusal else ReasonCode.IMAGE_DAMAGED,
        )
        for refusal in (DAMAGED, ImageRefusal.NOT_AN_IMAGE, ImageRefusal.TOO_LARGE)
    ],
)
def test_a_file_that_gives_no_picture_is_asked_for_anew_once_without_a_wait(
    refusal: ImageRefusal, asked_for: ReasonCode, announced: int
) -> None:
    submission = _submission(arrived=announced, announced=announced, refused=refusal)
    missing = _submission(arrived=0)
    assert ask_for_photos(at=SOON) == 1
    assert ask_for_photos(at=SOON) == 0
    assert ask_for_photos(at=LATER) == 1, "the other"
    submission.refresh_from_db()
    missing.refresh_from_db()
    assert [reason["code"] for reason in submission.decision_reasons] == [asked_for]
    assert submission.decision_reasons[0]["message"]
    assert submission.resubmit_until is not None
    assert missing.resubmit_until is not None
    assert submission.resubmit_until - SOON == missing.resubmit_until - LATER
    assert propagate_decisions(at=SOON) == 1
    kinds = submission.mails.filter(decision_no=1).order_by("not_before")
    assert [mail.kind for mail in kinds] == ["asked_again", "reminder"]


def test_while_another_photo_may_come_it_is_waited_for_and_both_are_asked_for_at_once() -> None:
    submission = _submission(arrived=1, refused=DAMAGED)
    assert ask_for_photos(at=NOON + timedelta(minutes=34)) == 0
    assert ask_for_photos(at=LATER) == 1
    (review,) = submission.reviews.all()
    assert [reason["code"] for reason in review.reasons] == ["IMAGE_NOT_RECEIVED", "IMAGE_DAMAGED"]


def test_a_file_that_was_replaced_before_the_form_was_sent_is_not_asked_for() -> None:
    submission = _submission(arrived=2)
    replaced = make_image(submission.pk, make_upload(submission.pk, 1)).model_copy(
        update={"key": "incoming/replaced", "refusal": DAMAGED}
    )
    mirror_stream_records([streamed(replaced)], at=NOON)
    assert ask_for_photos(at=SOON) == 0


@pytest.mark.parametrize("decided", ["rejected", "reopened", "asked by hand"])
def test_what_staff_have_decided_on_is_theirs(decided: str) -> None:
    submission, olivia = _submission(arrived=2, refused=DAMAGED), make_user()
    by: dict[str, Any] = {"actor": olivia, "at": NOON}
    if decided == "asked by hand":
        reasons = [Reason(code=ReasonCode.ILLEGIBLE)]
        request_resubmission(submission.pk, reasons=reasons, **by)
    else:
        reject_submission(submission.pk, reasons=[Reason(code=ReasonCode.DUPLICATE_OWN)], **by)
    if decided == "reopened":
        reopen_submission(submission.pk, note="A second look.", **by)
    before = submission.reviews.count()
    assert ask_for_photos(at=SOON) == 0
    assert submission.reviews.count() == before


def test_the_answer_to_it_is_the_last_try_and_goes_to_a_person() -> None:
    submission = _submission(arrived=2, refused=DAMAGED)
    assert ask_for_photos(at=SOON) == 1
    propagate_decisions(at=SOON)
    stored = ingest.read_submission(submission.pk)
    assert stored is not None
    upload = make_upload(submission.pk).model_copy(update={"key": "incoming/again"})
    answer = stored.model_copy(
        update={
            "attempt": 2,
            "version": stored.version + 1,
            "uploads": (upload,),
            "earlier_keys": tuple(one.key for one in stored.uploads),
            "status": SubmissionStatus.PENDING_REVIEW,
        }
    )
    image = make_image(submission.pk, upload).model_copy(update={"attempt": 2, "refusal": DAMAGED})
    mirror_stream_records([streamed(answer), streamed(image)], at=SOON)
    assert ask_for_photos(at=SOON) == 0
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.PENDING_REVIEW
    assert submission.attempt == 2


def test_a_campaign_that_has_closed_meanwhile_asks_all_the_same() -> None:
    submission = _submission(arrived=2, refused=DAMAGED)
    Campaign.objects.filter(pk=submission.campaign_id).update(
        state=CampaignState.CLOSED, opens_at=NOON - timedelta(days=1), closes_at=NOON
    )
    assert ask_for_photos(at=SOON) == 1


def test_what_would_count_unseen_is_asked_for_a_picture_and_not_sent_to_a_person() -> None:
    submission = _unseen(arrived=2, refused=DAMAGED)
    assert submission.status == SubmissionStatus.RECEIVED
    recheck(at=SOON)
    assert not Review.objects.exists()
    assert ask_for_photos(at=SOON) == 1
    recheck(at=SOON)
    assert not PhotoCheck.objects.exists()
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.NEEDS_RESUBMISSION
    assert propagate_decisions(at=SOON) == 1
    assert propagate_decisions(at=SOON) == 1
    stored = ingest.read_submission(submission.pk)
    assert stored is not None
    assert stored.shown_status is SubmissionStatus.NEEDS_RESUBMISSION


def test_what_entered_long_ago_and_gives_no_picture_goes_to_a_person() -> None:
    submission = _unseen(arrived=2, refused=DAMAGED, entered_at=NOON - timedelta(days=2))
    assert ask_for_photos(at=LATER) == 0
    assert ask_where_it_counts_unseen(at=LATER) == 0
    submission.refresh_from_db()
    assert submission.status == SubmissionStatus.PENDING_REVIEW
    (event,) = SubmissionEvent.objects.filter(submission_id=submission.pk, kind="decided")
    assert event.detail["suspicions"] == [Suspicion.PHOTO_UNREADABLE]


def test_an_item_that_this_version_cannot_read_stops_nobody_else_s_round():
    """Functions ahead of the site, or a site that was rolled back."""
    campaign = make_campaign()
    record = make_record(campaign, uploads=())
    record = record.model_copy(update={"uploads": (make_upload(record.id),)})
    table = ingest.clients.submissions_table()
    table.submissions.create(record)
    mirror_stream_records([streamed(record)], at=NOON)
    photo = make_image(record.id, record.uploads[0])
    table.photos.put_image(photo)
    aws.dynamodb().update_item(
        TableName=env().table_name,
        Key=image_key(photo),
        UpdateExpression="SET refusal = :new",
        ExpressionAttributeValues={":new": {"S": "of_tomorrow"}},
    )
    other = make_record(campaign)
    table.submissions.create(other)
    at = NOON + timedelta(hours=2)
    assert ask_for_photos(at=at) == 0, "it may be there: nobody is asked again"
    assert compare_everything(at=at, repair=True).gap_count == 1
    assert Submission.objects.filter(pk=other.id).exists()
