"""Submitted files: written half by half, as the photo and its submission come."""

import pytest

from submissions.receipts.models import SubmittedFile
from tests.submissions.factories import NOON, make_campaign, make_image, make_upload
from tests.submissions.review.suspicious import entered, hear

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


def test_a_photo_that_was_replaced_before_the_form_was_sent_stays_a_half() -> None:
    record, image = entered(make_campaign())
    replaced = make_image(record.id, make_upload(record.id, part=7))
    hear(replaced, record, image)
    half = SubmittedFile.objects.get(key=replaced.key)
    assert (half.sha256, half.scope, half.entered_at, half.counts) == ("1" * 64, None, None, None)
    whole = SubmittedFile.objects.get(key=image.key)
    assert (whole.entered_at, whole.counts) == (NOON, True)
