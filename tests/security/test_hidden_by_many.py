"""What others send, however much, hides nothing of one's own."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from submissions.mirror.models import ReceiptImage, Submission
from submissions.mirror.services.search import LOOKED_AT, Wanted, find
from tests.security.two_clients import make_entry, make_side

pytestmark = pytest.mark.django_db
LIST = "admin:submissions_submission_changelist"


def put_troubles(of: list[Any]) -> None:
    """Store facts about files that are no pictures, all newer than any other."""
    at = timezone.now() + timedelta(hours=1)
    ReceiptImage.objects.bulk_create(
        ReceiptImage(
            key=f"incoming/any/{submission_id}/1/1-1-{number:08x}",
            submission_id=submission_id,
            attempt=1,
            receipt=1,
            part=1,
            content_type="application/octet-stream",
            size_bytes=4,
            sha256=f"{number:064x}",
            refusal="damaged",
            checked_at=at + timedelta(seconds=number),
        )
        for number, submission_id in enumerate(of)
    )


@pytest.mark.parametrize("whose", ["nobody's", "another's", "one's own, unsent"])
def test_a_thousand_bad_files_hide_no_photo_in_trouble(whose: str) -> None:
    side, other = make_side("Quillmark"), make_side("Ferrow")
    entry: Submission = side[Submission]
    floods = {
        "nobody's": [uuid4() for _ in range(LOOKED_AT)],
        "another's": [other[Submission].pk] * LOOKED_AT,
        "one's own, unsent": [uuid4()] * LOOKED_AT,
    }
    put_troubles(floods[whose])
    page = side.browser(Role.MODERATOR).get(reverse(LIST), {"photo": "1"}).content.decode()
    assert entry.reference in page
    assert other[Submission].reference not in page


def test_many_of_ones_own_say_that_there_are_more() -> None:
    side = make_side("Quillmark")
    entries = [side[Submission], make_entry(side[Campaign], "Quillmark")]
    put_troubles([entries[0].pk] * LOOKED_AT)
    found = find(Wanted(photo_trouble=True), campaigns=[side[Campaign].pk], by_person=(), most=10)
    assert found.cut
    assert found.ids == [entries[0].pk]


def test_the_list_of_troubles_asks_as_often_however_many_there_are() -> None:
    side = make_side("Quillmark")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            find(Wanted(photo_trouble=True), campaigns=[side[Campaign].pk], by_person=(), most=10)
        counts.append(len(asked))
        put_troubles([uuid4() for _ in range(50)])
    assert counts[0] == counts[1]
