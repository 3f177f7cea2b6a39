"""An earlier copy that comes after a verdict: it counts as entered in time, and nothing counts twice."""

from datetime import timedelta
from typing import Any

import pytest

from ingest_lambda.adapters.table import SubmissionItems
from ingest_lambda.contract import SubmissionRecord
from ingest_lambda.contract import SubmissionStatus as Status
from ingest_lambda.functions.write import duplicates
from tests.ingest_lambda.functions.write.attempts import DAILY, FORM, asked, expire
from tests.ingest_lambda.writing import NAME, NOON, Desk, client, decide, make_payload

pytestmark = pytest.mark.usefixtures("account")

THREE = {"name": "three", "scope": "person", "count": 3, "window": {"kind": "campaign"}}
FOR_GOOD = {
    "name": "for_good",
    "scope": "person",
    "count": 5,
    "window": {"kind": "day"},
    "gives_back_when_rejected": False,
}
OFTEN = {"name": "often", "scope": "person", "count": 5, "window": {"kind": "rolling", "hours": 2}}
MINUTE = timedelta(minutes=1)


def counted(limit: str, record: SubmissionRecord) -> int:
    """Return how often the table says that this person has entered."""
    key = {"pk": {"S": f"LIMIT#c1#{limit}#{record.person_hash}"}, "sk": {"S": "campaign"}}
    item = client().get_item(TableName=NAME, Key=key).get("Item")
    return int(item["n"]["N"]) if item else 0


def test_a_late_entry_that_staff_let_in_is_not_counted_again_by_its_punctual_copy():
    desk, payload = Desk(limits=(THREE,), closes_at=NOON), make_payload()
    assert desk.send(payload, at=NOON + MINUTE) == "invalid"
    decide(desk, payload.submission_id, 1, Status.RECEIVED)
    assert counted("three", desk.stored(payload.submission_id)) == 1
    desk.send(payload, at=NOON - MINUTE)
    record = desk.stored(payload.submission_id)
    assert record.entered_at == NOON - MINUTE
    assert counted("three", record) == sum(taken.amount for taken in record.limits_taken) == 1


def test_what_a_rejection_gave_back_stays_free_until_a_verdict_takes_it_again():
    desk, payload = Desk(limits=(THREE, FOR_GOOD)), make_payload()
    desk.send(payload)
    decide(desk, payload.submission_id, 1, Status.REJECTED, reasons=({"code": "OTHER"},))
    assert counted("three", desk.stored(payload.submission_id)) == 0
    desk.send(payload, at=NOON - timedelta(days=1))
    assert counted("three", desk.stored(payload.submission_id)) == 0
    decide(desk, payload.submission_id, 2, Status.PENDING_REVIEW)
    assert counted("three", desk.stored(payload.submission_id)) == 1


def test_an_answer_in_time_is_taken_after_an_earlier_copy_moved_the_day():
    desk = Desk(fields=FORM, limits=(DAILY,))
    first, second = asked(desk)
    expire(desk, first)
    desk.send(first, at=NOON - timedelta(days=1))
    assert desk.send(second, at=NOON + timedelta(days=1)) == "resubmitted"
    assert len(desk.stored(first.submission_id).limits_taken) == 1


def test_a_window_that_moved_this_instant_costs_nobody_the_earlier_time(monkeypatch):
    desk, payload, other = Desk(limits=(OFTEN,)), make_payload(), make_payload()
    desk.send(payload)
    raced: list[Any] = []
    move, write = duplicates.move_earlier, SubmissionItems.replace

    def racing(self: SubmissionItems, *args: Any, **more: Any) -> None:
        if not raced:
            raced.append(other)
            desk.send(other)
        write(self, *args, **more)

    def moving(*args: Any, **more: Any) -> str:
        monkeypatch.setattr(SubmissionItems, "replace", racing)
        return move(*args, **more)

    monkeypatch.setattr(duplicates, "move_earlier", moving)
    desk.send(payload, at=NOON - 30 * MINUTE)
    assert raced
    assert desk.stored(payload.submission_id).entered_at == NOON - 30 * MINUTE
