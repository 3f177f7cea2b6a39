"""Submitted files: what an upgrade fills in is what the mirror would have written."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from django.apps import apps

from ingest_lambda.contract import Mode, SubmissionStatus
from submissions import migrations
from submissions.models import SubmittedFile
from tests.submissions.factories import NOON, make_campaign, make_image, make_upload
from tests.submissions.suspicious import entered, hear

pytestmark = pytest.mark.django_db


def rows() -> list[Any]:
    """Return every row as it stands."""
    return list(SubmittedFile.objects.order_by("key").values())


def test_an_upgrade_fills_in_what_the_mirror_would_have_written() -> None:
    campaign = make_campaign()
    record, image = entered(campaign)
    refused, its_photo = entered(campaign, SubmissionStatus.INVALID)
    tried, another = entered(campaign)
    as_test = {"mode": Mode.TEST, "campaign_id": str(campaign.test_id), "slug": campaign.test_slug}
    unsent, replaced = entered(campaign)[1], make_upload(record.id, part=7)
    answered, first_photo = entered(campaign)
    again = make_upload(answered.id, part=2).model_copy(update={"key": "incoming/second"})
    answered = answered.model_copy(update={"attempt": 2, "version": 2, "uploads": (again,)})
    late = entered(campaign)[0]
    hear(record, image, make_image(record.id, replaced), refused, its_photo, unsent)
    hear(tried.model_copy(update=as_test), another, answered, first_photo, late)
    mirrored = rows()
    assert len(mirrored) == 8

    SubmittedFile.objects.all().delete()
    (name,) = (
        name for _, name, _ in iter_modules(migrations.__path__) if "submitted_files" in name
    )
    import_module(f"{migrations.__name__}.{name}").fill(apps, None)
    assert rows() == mirrored


def test_a_photo_that_was_replaced_before_the_form_was_sent_stays_a_half() -> None:
    record, image = entered(make_campaign())
    replaced = make_image(record.id, make_upload(record.id, part=7))
    hear(replaced, record, image)
    half = SubmittedFile.objects.get(key=replaced.key)
    assert (half.sha256, half.scope, half.entered_at, half.counts) == ("1" * 64, None, None, None)
    whole = SubmittedFile.objects.get(key=image.key)
    assert (whole.entered_at, whole.counts) == (NOON, True)
