"""The ledger's side of the table: an hour, everything, and taking a submission away."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ingest_lambda.adapters.table import HOUR_SHARDS, ItemLine, Table
from ingest_lambda.contract import (
    Decision,
    ImageRecord,
    MessageRecord,
    Mode,
    SubmissionRecord,
    SubmissionStatus,
)
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.decide import apply_decision
from tests.ingest_lambda.writing import (
    EMAIL_FIELD,
    NAME,
    NOON,
    ONCE_A_RECEIPT,
    RECEIPT_FIELD,
    Desk,
    client,
    make_payload,
    make_upload,
)

pytestmark = pytest.mark.usefixtures("account")

ONCE = {"name": "once", "scope": "person", "count": 1, "window": {"kind": "campaign"}}


def image(submission_id: UUID, *, part: int = 1, sha256: str = "a" * 64) -> ImageRecord:
    return ImageRecord(
        submission_id=submission_id,
        attempt=1,
        receipt=1,
        part=part,
        key=f"incoming/summer/{submission_id}/1/1-{part}-ab",
        content_type="image/jpeg",
        size=3,
        sha256=sha256,
        checked_at=NOON,
    )


def test_an_hour_holds_what_entered_in_it_whatever_became_of_it():
    desk = Desk()
    sent = [make_payload() for _ in range(4 * HOUR_SHARDS)]
    for n, payload in enumerate(sent):
        desk.send(payload, at=NOON + timedelta(minutes=n))
    desk.send(make_payload(), at=NOON - timedelta(milliseconds=1))
    desk.send(make_payload(), at=NOON + timedelta(hours=1))
    decided = sent[0].submission_id
    apply_decision(
        Decision(
            submission_id=decided,
            decision_no=1,
            status=SubmissionStatus.APPROVED,
            decided_at=NOON,
        ),
        table=desk.table,
        giver=desk.writer.giver,
    )
    lines = {line.id: line for line in desk.table.ledger.submissions_of_hour("c1", NOON)}
    assert set(lines) == {payload.submission_id for payload in sent}
    first = lines[decided]
    assert (first.version, first.decision_no, first.status) == (2, 1, SubmissionStatus.APPROVED)
    assert (first.entered_at, first.attempt, first.mode) == (NOON, 1, Mode.LIVE)
    assert lines[sent[1].submission_id].status is SubmissionStatus.PENDING_REVIEW


def test_an_hour_of_another_campaign_is_empty():
    desk = Desk()
    desk.send(make_payload())
    assert list(desk.table.ledger.submissions_of_hour("c2", NOON)) == []


class Paged:
    """A client that hands out one item a page, as DynamoDB does with a megabyte."""

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            return getattr(client(), name)(**arguments, Limit=1)

        return call


def test_a_long_answer_is_read_to_its_end():
    desk = Desk()
    sent = {payload.submission_id for payload in (make_payload() for _ in range(5))}
    for submission_id in sent:
        desk.send(make_payload(submission_id=submission_id))
    paged = Table(Paged(), NAME)
    assert {line.id for line in paged.ledger.submissions_of_hour("c1", NOON)} == sent
    records = list(paged.ledger.all_records())
    assert {r.id for r in records if isinstance(r, SubmissionRecord)} == sent


def test_everything_is_what_the_mirror_takes_and_no_counter_or_release():
    desk = Desk(limits=(ONCE,))
    payload = make_payload()
    desk.send(payload)
    desk.table.photos.put_image(image(payload.submission_id))
    message = MessageRecord(
        submission_id=payload.submission_id,
        message_id=uuid4(),
        kind="withdrawal",
        entered_at=NOON,
        written_at=NOON,
    )
    desk.table.submissions.put_message(message)
    records = list(desk.table.ledger.all_records())
    assert sorted(type(r).__name__ for r in records) == [
        "ImageRecord",
        "MessageRecord",
        "SubmissionRecord",
    ]
    assert sorted(map(repr, desk.table.ledger.records_of(payload.submission_id))) == sorted(
        map(repr, records)
    )


def message(submission_id: UUID) -> MessageRecord:
    return MessageRecord(
        submission_id=submission_id,
        message_id=uuid4(),
        kind="withdrawal",
        entered_at=NOON,
        written_at=NOON,
    )


def whole_group(desk: Desk) -> set[ItemLine]:
    """Send a submission with a photo and a message; return the lines that it has in the table."""
    payload = make_payload()
    desk.send(payload)
    photo, said = image(payload.submission_id), message(payload.submission_id)
    desk.table.photos.put_image(photo)
    desk.table.submissions.put_message(said)
    stored = desk.table.submissions.get(payload.submission_id)
    assert stored is not None
    return {
        ItemLine(stored.id, "SUBMISSION", "", 1, stored.written_at),
        ItemLine(stored.id, "IMAGE", photo.key, 1, photo.checked_at),
        ItemLine(stored.id, "MESSAGE", str(said.message_id), 1, said.written_at),
    }


@pytest.mark.parametrize("most", [1, 2, 1000])
def test_names_and_versions_are_read_on_from_where_one_stopped(most):
    desk = Desk(limits=(ONCE,))
    wanted = whole_group(desk)
    read, position, first = set[ItemLine](), "", True
    while first or position:
        lines, position = desk.table.ledger.items_after(position, most=most)
        assert not read & set(lines)
        read |= set(lines)
        first = False
    assert read == wanted, "and no counter, guard or release"


def test_what_the_table_lacks_is_told_from_what_it_has():
    desk = Desk()
    there = whole_group(desk)
    lacking = {
        ItemLine(line.submission_id, "AWARD", f"prize-{n}") for n in range(250) for line in there
    }
    lacking |= {ItemLine(uuid4(), "SUBMISSION")}
    assert set(desk.table.ledger.absent_items([*there, *lacking])) == lacking
    assert desk.table.ledger.absent_items([]) == []


class Sparing:
    """A client that leaves all but one key of a batch for the next call, or every one."""

    def __init__(self, answers: int) -> None:
        self._answers = answers

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - the SDK's own spelling
        request = RequestItems[NAME]
        now, later = request["Keys"][: self._answers], request["Keys"][self._answers :]
        answer = (
            client().batch_get_item(RequestItems={NAME: {**request, "Keys": now}})
            if now
            else {"Responses": {}}
        )
        return {**answer, "UnprocessedKeys": {NAME: {**request, "Keys": later}} if later else {}}


def test_what_a_busy_table_left_over_is_asked_for_again_and_never_taken_for_lacking():
    desk = Desk()
    there = whole_group(desk)
    assert Table(Sparing(1), NAME).ledger.absent_items(there) == []
    with pytest.raises(TryAgain):
        Table(Sparing(0), NAME).ledger.absent_items(there)


def test_several_may_share_the_reading_of_everything():
    desk = Desk()
    for _ in range(6):
        desk.send(make_payload())
    parts = [list(desk.table.ledger.all_records(segment=n, segments=3)) for n in range(3)]
    assert sum(map(len, parts)) == 6


def test_what_is_erased_is_gone_with_all_that_belongs_to_it_and_keeps_its_slot():
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD), limits=(ONCE, ONCE_A_RECEIPT))
    payload, other = (make_payload(uploads=(make_upload(),)) for _ in "ab")
    desk.send(payload)
    for part in range(1, 31):
        desk.table.photos.put_image(image(payload.submission_id, part=part))
    assert desk.table.ledger.delete_submission(payload.submission_id) == 31
    assert desk.table.ledger.records_of(payload.submission_id) == ()
    assert desk.table.ledger.delete_submission(payload.submission_id) == 0
    assert desk.send(other) == "invalid"


def test_test_data_frees_its_slots_its_receipt_and_its_file():
    desk = Desk(fields=(EMAIL_FIELD, RECEIPT_FIELD), limits=(ONCE, ONCE_A_RECEIPT))
    payload, other = (make_payload(uploads=(make_upload(),)) for _ in "ab")
    desk.send(payload)
    first, second = payload.submission_id, other.submission_id
    desk.table.photos.put_image(image(first))
    desk.table.photos.put_image(image(first, part=2, sha256="c" * 64))
    assert desk.table.limits.hold_guard("c1", "file:" + "a" * 64, first) == first
    assert desk.table.limits.hold_guard("c1", "file:" + "c" * 64, second) == second
    desk.table.ledger.delete_submission(first, gives_back=True)
    assert desk.send(other) == "pending_review"
    assert desk.table.limits.hold_guard("c1", "file:" + "a" * 64, second) == second
    assert desk.table.ledger.delete_submission(first, gives_back=True) == 0


def test_photos_without_their_submission_are_deleted_too():
    desk, lonely = Desk(), uuid4()
    desk.table.photos.put_image(image(lonely))
    assert desk.table.ledger.delete_submission(lonely, gives_back=True) == 1


class Stingy:
    """A client that leaves every delete over."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(client(), name)

    def batch_write_item(self, **arguments: Any) -> Any:
        self.calls += 1
        if self.calls <= self.most:
            return {"UnprocessedItems": arguments["RequestItems"]}
        return client().batch_write_item(**arguments)


def test_deletes_that_were_left_over_are_asked_for_again_and_not_for_ever():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    with pytest.raises(TryAgain):
        Table(Stingy(9), NAME).ledger.delete_submission(payload.submission_id)
    assert Table(Stingy(2), NAME).ledger.delete_submission(payload.submission_id) == 1
    assert desk.table.submissions.get(payload.submission_id) is None
