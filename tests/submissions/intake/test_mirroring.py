"""The mirror ends the same, however often and in whatever order it hears."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise, permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.setup.models import Campaign
from ingest_lambda.contract import AwardState, Mode, Reason, ReasonCode, SubmissionStatus
from submissions.intake.services.mirroring import mirror_records, mirror_stream_records
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MENDED_WITHIN, MailKind
from submissions.mirror.models import (
    Award,
    DeletedTest,
    EntrantMessage,
    ReceiptImage,
    Submission,
    SubmissionAnswers,
    SubmissionEvent,
)
from tests.submissions.factories import (
    NOON,
    make_award,
    make_campaign,
    make_image,
    make_message,
    make_record,
    make_upload,
    streamed,
)
from tests.support.examples import examples

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


def _everything(submission_id: Any) -> Any:
    """Return all that the mirror writes about a submission, but for when it heard of it."""
    own = {"submission_id": submission_id}
    return (
        {
            name: value
            for name, value in Submission.objects.filter(pk=submission_id).values().get().items()
            if name != "mirrored_at"
        },
        SubmissionAnswers.objects.filter(**own).values().get(),
        *(
            sorted(
                row
                for row in map(repr, model.objects.filter(**own).order_by().values_list(*fields))
                # Of a reserved prize nothing is queued once it is won; what was, is withdrawn when it is due.
                if MailKind.PRIZE_RESERVED not in row
            )
            for model, fields in (
                (ReceiptImage, ("key", "sha256")),
                (EntrantMessage, ("message_id", "kind", "body")),
                (Award, ("prize", "unit", "state", "version")),
                (SubmissionEvent, ("kind", "dedupe", "at", "detail")),
                (Mail, ("kind", "event", "state")),
            )
        ),
    )


def _history(campaign: Campaign, submission_id: UUID) -> list[Any]:
    upload = make_upload(submission_id)
    first = make_record(campaign, id=submission_id, uploads=(upload,))
    again = {"attempt": 2, "answers": {"email": "second@example.com"}}
    award = make_award(submission_id)
    return [
        first,
        make_image(submission_id, upload),
        first.model_copy(update={"version": 2, "conflict_hashes": ("a" * 64,)}),
        award,
        first.model_copy(update={"version": 3, "conflict_hashes": ("a" * 64,), **again}),
        make_message(submission_id),
        award.model_copy(update={"version": 2, "state": AwardState.CONFIRMED}),
    ]


@settings(
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_history_shuffled_and_repeated_ends_in_the_same_tables(db, data):
    campaign, submission_id = make_campaign(), uuid4()
    history = _history(campaign, submission_id)
    with _forgotten():
        for record in history:
            mirror_stream_records([streamed(record)], at=NOON)
        expected = _everything(submission_id)
    with _forgotten():
        heard = data.draw(st.permutations(history + history[:4]))
        cuts = data.draw(st.lists(st.integers(0, len(heard)), max_size=3))
        for begin, end in pairwise(sorted({0, len(heard), *cuts})):
            result = mirror_stream_records([streamed(r) for r in heard[begin:end]], at=NOON)
            assert result.taken == end - begin
        assert _everything(submission_id) == expected


@contextmanager
def _forgotten() -> Iterator[None]:
    """Leave the mirror empty, as a database that was lost is empty; its history cannot be removed."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


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
    mirror_stream_records([streamed(make_record(campaign))], at=NOON)  # reads the release
    counts = []
    for size in (2, 20):
        batch = [streamed(make_record(campaign)) for _ in range(size)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            mirror_stream_records(batch, at=NOON)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("spoilt", [0, 3, 7])
def test_a_record_that_spoils_the_whole_statement_is_found_and_the_others_go_in(spoilt):
    campaign = make_campaign()
    batch = [streamed(make_record(campaign)) for _ in range(8)]
    # No database of ours holds such a number, and one statement carries all rows.
    batch[spoilt]["dynamodb"]["NewImage"]["version"] = {"N": str(2**70)}
    result = mirror_stream_records(batch, at=NOON)
    assert [place for place, _ in result.refused] == [spoilt]
    assert result.taken == Submission.objects.count() == Mail.objects.count() == 7


@pytest.mark.postgres
def test_a_value_too_long_for_its_column_is_refused_alone():
    campaign = make_campaign()
    batch = [make_record(campaign, locale="x" * 60), make_record(campaign)]
    result = mirror_stream_records([streamed(r) for r in batch], at=NOON)
    assert result.refused == [(0, "DataError")]
    assert Submission.objects.count() == 1


def test_what_no_database_holds_is_shown_as_unreadable_and_not_refused():
    campaign = make_campaign()
    strange = "A\x00da\ud800"
    record = make_record(
        campaign,
        answers={"first": strange, "email": "a@example.com", "more": [strange]},
        source="q\x00r",
    )
    image = make_image(record.id, make_upload(record.id)).model_copy(
        update={"exif": {"Model": "X\x00\x00"}}
    )
    message = make_message(record.id, body={"text": strange})
    heard = [streamed(r) for r in (record, image, message)]
    assert mirror_stream_records(heard, at=NOON).refused == []
    personal = SubmissionAnswers.objects.get()
    assert personal.given_name == "A\ufffdda\ufffd"
    assert personal.answers["more"] == ["A\ufffdda\ufffd"]
    assert ReceiptImage.objects.get().exif == {"Model": "X\ufffd\ufffd"}


def test_a_test_is_found_by_the_campaigns_other_id_and_marked():
    campaign = make_campaign()
    record = make_record(campaign, campaign_id=str(campaign.test_id), mode=Mode.TEST)
    mirror_stream_records([streamed(record)], at=NOON)
    row = Submission.objects.get()
    assert (row.campaign_id, row.is_test) == (campaign.pk, True)


def test_nobody_is_thanked_for_what_was_refused_and_the_history_says_why():
    record = make_record(
        make_campaign(),
        status=SubmissionStatus.INVALID,
        reasons=(Reason(code=ReasonCode.LIMIT_REACHED),),
    )
    mirror_stream_records([streamed(record)], at=NOON)
    mail = Mail.objects.get()
    assert (mail.kind, mail.not_before) == (MailKind.REFUSED, NOON + MENDED_WITHIN)
    line = SubmissionEvent.objects.get(kind="limited")
    assert line.detail == {"reasons": ["LIMIT_REACHED"]}


def test_the_promise_to_decide_begins_anew_with_an_answer_to_a_question():
    campaign = make_campaign()
    later = NOON + timedelta(days=7)
    again = make_record(campaign, attempt=2, written_at=later)
    mirror_stream_records([streamed(make_record(campaign)), streamed(again)], at=later)
    first = Submission.objects.get(attempt=1).decide_by
    second = Submission.objects.get(attempt=2).decide_by
    assert first is not None
    assert second is not None
    assert second - first == timedelta(days=7)


@pytest.mark.parametrize("there_already", [False, True], ids=["empty mirror", "older backup"])
def test_a_decision_that_was_lost_here_comes_back_from_the_table(there_already):
    record = make_record(make_campaign())
    if there_already:
        mirror_stream_records([streamed(record)], at=NOON)
    decided = record.model_copy(
        update={
            "version": 3,
            "decision_no": 2,
            "decision_status": SubmissionStatus.NEEDS_RESUBMISSION,
            "decided_attempt": 1,
            "decision_reasons": (Reason(code=ReasonCode.ILLEGIBLE, message="Sharper, please."),),
            "resubmit_until": NOON + timedelta(days=7),
        }
    )
    mirror_records([decided], at=NOON, notify=False)
    row = Submission.objects.get()
    assert (row.status, row.decision_no) == (SubmissionStatus.NEEDS_RESUBMISSION, 2)
    assert row.resubmit_until == NOON + timedelta(days=7)
    assert row.decision_reasons[0]["message"] == "Sharper, please."


def test_a_mirror_that_is_rebuilt_thanks_nobody_again():
    mirror_records([make_record(make_campaign())], at=NOON, notify=False)
    assert Submission.objects.count() == 1
    assert not Mail.objects.exclude(state="withdrawn").exists()


def test_an_older_word_about_an_award_or_a_message_changes_nothing():
    submission_id = uuid4()
    award = make_award(submission_id, version=2, state=AwardState.CONFIRMED)
    older = award.model_copy(update={"version": 1, "state": AwardState.PROVISIONAL})
    message = make_message(submission_id)
    for record in (award, older, award, message, message):
        mirror_stream_records([streamed(record)], at=NOON)
    assert Award.objects.get().state == AwardState.CONFIRMED
    assert EntrantMessage.objects.get().body == {"text": "Please look again."}


def test_two_entries_may_use_one_id_for_what_they_say():
    campaign = make_campaign()
    first, second = make_record(campaign), make_record(campaign)
    said = make_message(first.id)
    words = [said, said.model_copy(update={"submission_id": second.id})]
    for _ in range(2):
        mirror_records([first, second, *words], at=NOON, notify=True)
    assert {row.submission_id for row in EntrantMessage.objects.all()} == {first.id, second.id}


def test_nothing_of_a_deleted_test_comes_back():
    record = make_record(make_campaign())
    DeletedTest.objects.create(pk=record.id, at=NOON)
    words = [make_image(record.id, make_upload(record.id)), make_message(record.id)]
    mirror_records([record, *words, make_award(record.id)], at=NOON, notify=True)
    for model in (Submission, ReceiptImage, EntrantMessage, Award, SubmissionEvent):
        assert not model.objects.exists(), model
