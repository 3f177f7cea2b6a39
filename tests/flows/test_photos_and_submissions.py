"""A photo and its submission go separate ways: four orders, each ending right."""

import json
from uuid import uuid4

import pytest

from tests.support.installation import Installation, wait_until
from tests.support.receipts import receipt_bytes
from tests.support.visitor import Visitor, announced

pytestmark = pytest.mark.flow


def make_visitor(installation: Installation) -> tuple[Visitor, bytes]:
    """Return somebody at the page, who has announced a photo of a new receipt."""
    visitor, photo = Visitor(installation, "summer-receipts"), receipt_bytes(uuid4().int % 10**7)
    visitor.start(announced(photo))
    return visitor, photo


def checked_events(visitor: Visitor) -> int:
    """Return how often a photo was checked, as the history tells."""
    ((count,),) = visitor.installation.rows(
        "SELECT COUNT(*) FROM submissions_submissionevent WHERE submission_id = ? "
        "AND kind = 'checked'",
        (visitor.id.hex if visitor.id else "",),
    )
    return int(count)


def test_a_photo_that_comes_first_waits_for_its_submission(embedded: Installation) -> None:
    visitor, photo = make_visitor(embedded)
    assert visitor.upload(photo).status_code == 201
    ((sha256, refusal, *_),) = visitor.images(1)
    assert visitor.submit().status_code == 202

    assert visitor.status("pending_review")["reasons"] == []
    assert visitor.row("status") == ("pending_review",)
    assert (sha256, refusal) == (announced(photo)["sha256"], "")


def test_a_photo_that_comes_last_joins_its_submission(embedded: Installation) -> None:
    visitor, photo = make_visitor(embedded)
    assert visitor.submit().status_code == 202
    visitor.status("pending_review")
    visitor.row("id")
    assert visitor.upload(photo).status_code == 201

    ((sha256, refusal, *_),) = visitor.images(1)
    assert (sha256, refusal) == (announced(photo)["sha256"], "")
    assert visitor.row("status, attempt") == ("pending_review", 1)


def test_a_photo_that_comes_twice_counts_once(embedded: Installation) -> None:
    visitor, photo = make_visitor(embedded)
    assert visitor.upload(photo).status_code == 201
    assert visitor.submit().status_code == 202
    visitor.images(1)
    (key,) = [form["fields"]["key"] for form in visitor.forms]
    bucket, store = embedded.environment["BUCKET_NAME"], embedded.aws("s3")
    # A phone that heard no answer sends it again; S3 may tell of one upload twice, by itself.
    assert visitor.upload(photo).status_code == 201
    notice = {"Records": [{"s3": {"bucket": {"name": bucket}, "object": {"key": key}}}]}
    for _ in range(3):
        embedded.aws("sqs").send_message(
            QueueUrl=embedded.environment["IMAGES_QUEUE_URL"], MessageBody=json.dumps(notice)
        )
    wait_until(
        lambda: store.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"] == 0,
        what="the second upload is looked at",
    )

    after, other_photo = make_visitor(embedded)
    after.send_photo(other_photo)
    after.images(1)
    assert len(visitor.images(1)) == 1
    assert checked_events(visitor) == 1
    assert visitor.row("status") == ("pending_review",)


def test_for_a_photo_that_never_comes_or_shows_nothing_its_sender_is_asked(
    embedded: Installation,
) -> None:
    visitor, _ = make_visitor(embedded)
    patient, photo = make_visitor(embedded)
    assert patient.upload(photo).status_code == 201
    broken = Visitor(embedded, "summer-receipts")
    broken.send_photo(b"\xff\xd8\xff no picture at all: " + uuid4().bytes)
    for each in (visitor, patient, broken):
        assert each.submit().status_code == 202
        each.status("pending_review")
        each.row("id")
    patient.images(1)
    broken.images(1)

    def sweep(minutes: int) -> None:
        embedded.python(
            "from submissions.review.services.outbox import propagate_decisions\n"
            "from submissions.intake.services import missing_photos\n"
            f"at = timezone.now() + timedelta(minutes={minutes})\n"
            "missing_photos.ask_for_photos(at=at)\n"
            "propagate_decisions(at=timezone.now() + timedelta(hours=1))\n"
        )

    sweep(30)
    assert visitor.row("status") == ("pending_review",), "its form still lives"
    said = broken.status("needs_resubmission")
    assert [reason["code"] for reason in said["reasons"]] == ["IMAGE_DAMAGED"]
    sweep(40)
    shown = visitor.status("needs_resubmission")
    assert [reason["code"] for reason in shown["reasons"]] == ["IMAGE_NOT_RECEIVED"]
    assert [action["kind"] for action in shown["actions"]] == ["resubmit"]
    assert patient.row("status") == ("pending_review",)
    sweep(45)
    for each in (visitor, broken):
        assert each.row("decision_no") == (1,), "asked once"
