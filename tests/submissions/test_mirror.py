"""The mirror ends the same, however often and in whatever order it hears."""

from itertools import pairwise, permutations
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest_lambda.contract import SubmissionStatus
from submissions.models import Mail, ReceiptImage, Submission, SubmissionAnswers, SubmissionEvent
from submissions.services.mirror import mirror_stream_records
from tests.submissions.factories import (
    NOON,
    make_campaign,
    make_image,
    make_record,
    make_upload,
    streamed,
)

pytestmark = pytest.mark.django_db


def _tables(submission_id: Any) -> Any:
    return (
        Submission.objects.values_list("version", "attempt", "ingest_status", "status").get(
            pk=submission_id
        ),
        SubmissionAnswers.objects.values_list("answers", "email").get(pk=submission_id),
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_history_shuffled_and_repeated_ends_as_its_newest_version(db, data):
    campaign = make_campaign()
    history = [
        make_record(campaign, id=submission_id, version=version, attempt=attempt, answers=answers)
        for submission_id in [uuid4()]
        for version, attempt, answers in (
            (1, 1, {"email": "first@example.com"}),
            (2, 1, {"email": "first@example.com"}),
            (3, 2, {"email": "second@example.com"}),
        )
    ]
    heard = data.draw(st.permutations(history + history[:2]))
    cuts = sorted({0, len(heard), *data.draw(st.lists(st.integers(0, len(heard)), max_size=3))})
    for begin, end in pairwise(cuts):
        mirror_stream_records([streamed(r) for r in heard[begin:end]], at=NOON)
    row, answers = _tables(history[0].id)
    assert row == (3, 2, "pending_review", "pending_review")
    assert answers == ({"email": "second@example.com"}, "second@example.com")


def test_an_image_and_its_submission_join_in_every_order():
    campaign = make_campaign()
    for order in (*permutations("si"), tuple("ssii"), tuple("isis")):
        submission_id = uuid4()
        upload = make_upload(submission_id)
        heard = {
            "s": streamed(make_record(campaign, id=submission_id, uploads=(upload,))),
            "i": streamed(make_image(submission_id, upload)),
        }
        for kind in order:
            mirror_stream_records([heard[kind]], at=NOON)
        assert ReceiptImage.objects.filter(submission_id=submission_id).count() == 1
        kinds = SubmissionEvent.objects.filter(submission_id=submission_id).values_list("kind")
        assert sorted(kind for (kind,) in kinds) == ["checked", "received"]


def test_the_mail_about_the_entry_is_queued_once():
    record = streamed(make_record(make_campaign()))
    mirror_stream_records([record, record], at=NOON)
    mirror_stream_records([record], at=NOON)
    assert Mail.objects.count() == 1


def test_poison_is_named_by_its_place_and_harms_no_other():
    campaign = make_campaign()
    stranger = make_record(campaign).model_copy(update={"campaign_id": str(uuid4())})
    nonsense = make_record(campaign).model_copy(update={"campaign_id": "no id at all"})
    batch: list[Any] = [
        {"dynamodb": {"NewImage": {"sk": {"S": "SUBMISSION"}, "id": {"S": "?"}}}},
        streamed(stranger),
        streamed(nonsense),
        "not even an object",
        streamed(make_record(campaign)),
    ]
    result = mirror_stream_records(batch, at=NOON)
    assert sorted(place for place, _ in result.refused) == [0, 1, 2, 3]
    assert Submission.objects.count() == 1


def test_a_verdict_stands_when_an_older_word_of_the_writer_comes_after_it():
    record = make_record(make_campaign())
    mirror_stream_records([streamed(record)], at=NOON)
    Submission.objects.update(decision_no=1, decision_status="approved", status="approved")
    mirror_stream_records([streamed(record.model_copy(update={"version": 2}))], at=NOON)
    row = Submission.objects.get(pk=record.id)
    assert (row.version, row.status) == (2, SubmissionStatus.APPROVED)


def test_a_batch_costs_the_same_queries_whatever_its_size():
    campaign = make_campaign()
    counts = []
    for size in (2, 20):
        batch = [streamed(make_record(campaign)) for _ in range(size)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            mirror_stream_records(batch, at=NOON)
        counts.append(len(queries))
    assert counts[0] == counts[1]
