"""What happened stays as it was written; the database itself sees to it."""

import pytest
from django.db import DatabaseError, connection, transaction

from campaigns.accounts.wording import person
from ingest_lambda.contract import Mode
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import HistoryIsAppendOnly, Submission, SubmissionEvent
from submissions.review.admin.wording import why_here
from submissions.review.models import Review
from submissions.review.services.decisions import (
    approve_submission,
    reopen_submission,
    undo_decision,
)
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign, make_record, streamed

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
TABLES = ("submissions_submissionevent", "review_review")


def _decided(mode: Mode = Mode.LIVE) -> Submission:
    record = make_record(make_campaign(), mode=mode)
    mirror_stream_records([streamed(record)], at=NOON)
    return approve_submission(record.id, actor=make_user(), at=NOON)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "act", ["UPDATE {table} SET at = at", "DELETE FROM {table}"], ids=["update", "delete"]
)
def test_the_database_refuses_to_change_or_remove_a_line(table, act):
    _decided()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act.format(table=table))


@pytest.mark.parametrize("model", [SubmissionEvent, Review])
def test_a_line_that_is_there_is_not_saved_again(model):
    _decided()
    with pytest.raises(HistoryIsAppendOnly):
        model.objects.first().save()


def test_the_history_of_a_test_may_go_for_a_test_counts_nowhere():
    submission = _decided(Mode.TEST)
    Review.objects.filter(submission=submission).delete()
    SubmissionEvent.objects.filter(submission_id=submission.pk).delete()
    assert not Review.objects.exists()


def test_who_reopened_an_entry_and_why_stands_first_at_the_desk_and_a_slip_does_not() -> None:
    record, olivia = make_record(make_campaign()), make_user()
    mirror_stream_records([streamed(record)], at=NOON)
    approve_submission(record.id, actor=olivia, at=NOON)
    undo_decision(record.id, actor=olivia, at=NOON, after=1)
    assert why_here(Submission.objects.get()) == []
    approve_submission(record.id, actor=olivia, at=NOON)
    reopen_submission(record.id, actor=olivia, at=NOON, note="The till was wrong.")
    (why,) = why_here(Submission.objects.get())
    assert why.startswith(f"{person(olivia)} reopened it: ")
    assert "The till was wrong." in why
    approve_submission(record.id, actor=olivia, at=NOON)
    assert why_here(Submission.objects.get()) == []
