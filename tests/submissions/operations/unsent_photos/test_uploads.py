"""Uploads that the images function never looked at go as well, unless a submission names them."""

from datetime import timedelta
from typing import Any

import pytest

from campaignhub import aws, ingest
from campaignhub.env import env
from ingest_lambda.contract import incoming_key, kept_folder
from submissions.operations.services import unsent_photos
from tests.submissions.factories import NOON
from tests.submissions.operations.unsent_photos.photos import (
    EVERYWHERE,
    KEPT,
    begin,
    change,
    files_under,
    put_file,
    send,
    sweep,
    take,
)

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


def _upload(campaign: Any, about: Any) -> str:
    key = incoming_key(campaign.slug, about, 1, 1, 1, "aa")
    put_file(key)
    return key


def test_an_upload_that_was_never_looked_at_goes_as_well(campaign: Any) -> None:
    key = _upload(campaign, begin(NOON))
    put_file(f"{kept_folder(key)}0123456789abcdef/original")
    late = aws.s3().head_object(Bucket=env().bucket_name, Key=key)["LastModified"] + KEPT
    assert sweep(late - timedelta(minutes=1)).swept == 0
    assert sweep(late + timedelta(minutes=1)).swept == 1
    assert files_under("") == []
    assert sweep(late + timedelta(minutes=1)).swept == 0


def test_one_that_an_entry_names_stays_for_staff_to_send_its_notice_again(campaign: Any) -> None:
    photo = take(campaign, begin())
    put_file(photo.key)
    send(campaign, photo.image.submission_id, photo)
    put_file("incoming/of/no/making")
    late = NOON + timedelta(days=400)
    assert sweep(late).swept == 0
    assert photo.places() == EVERYWHERE | {"upload"}
    assert len(files_under("incoming/")) == 2


def test_the_walk_through_uploads_goes_round(
    campaign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsent_photos, "MOST_UPLOADS", 2)
    kept = [_upload(campaign, send(campaign, begin(NOON)).id) for _ in range(3)]
    for key in kept:
        about = key.split("/")[2]
        stored = ingest.read_submission(type(begin())(about))
        assert stored is not None
        named = take(campaign, stored.id).upload
        change(stored, uploads=(named,), mirrored=False)
    _upload(campaign, begin(NOON + timedelta(hours=1)))
    late = NOON + timedelta(days=400)
    assert sum(sweep(late).swept for _ in range(4)) == 1
    assert sorted(files_under("incoming/")) == sorted(kept)
