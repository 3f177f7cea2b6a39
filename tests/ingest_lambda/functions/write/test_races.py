"""Somebody else writes in between: what was read is no longer so, and nothing is overwritten."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import Decision, ReasonCode
from ingest_lambda.contract import SubmissionStatus as Status
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.decide import apply_decision
from tests.ingest_lambda.writing import NAME, NOON, Desk, client, make_payload

pytestmark = pytest.mark.usefixtures("account")

ROLLING = {
    "name": "often",
    "scope": "person",
    "count": 1,
    "window": {"kind": "rolling", "hours": 2},
}
DEVICE = {**ROLLING, "name": "device", "scope": "device"}
ONCE = {"name": "once", "scope": "person", "count": 1, "window": {"kind": "campaign"}}
WRITES = ("put_item", "transact_write_items")


class Interrupted:
    """A client before whose first writes something else happens."""

    def __init__(self, *events: Callable[[], Any]) -> None:
        self.events = list(events)

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            if name in WRITES and self.events:
                self.events.pop(0)()
            return getattr(client(), name)(**arguments)

        return call


def interrupted_by(desk: Desk, *events: Callable[[], Any]) -> Table:
    """Let the desk's writer work through a client before whose writes ``events`` happen."""
    table = Table(Interrupted(*events), NAME)
    object.__setattr__(desk.writer, "table", table)
    return table


def bump(desk: Desk, payload: Any) -> None:
    stored = desk.stored(payload.submission_id)
    desk.table.submissions.replace(stored.model_copy(update={"version": stored.version + 1}))


def test_a_verdict_on_what_has_just_changed_is_carried_again():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    decision = Decision(
        submission_id=payload.submission_id,
        decision_no=1,
        status=Status.APPROVED,
        decided_at=NOON,
    )
    with pytest.raises(TryAgain):
        apply_decision(
            decision,
            table=interrupted_by(desk, lambda: bump(desk, payload)),
            giver=desk.writer.giver,
        )
    assert desk.stored(payload.submission_id).decision_no == 0
    assert apply_decision(decision, table=desk.table, giver=desk.writer.giver)


def test_a_rejection_that_is_taken_back_while_somebody_writes_is_carried_again():
    desk, payload = Desk(limits=(ONCE,)), make_payload()
    desk.send(payload)

    def decide(number: int, status: Status, table: Table) -> bool:
        decision = Decision(
            submission_id=payload.submission_id,
            decision_no=number,
            status=status,
            decided_at=NOON,
            gives_back=status is Status.REJECTED,
        )
        return apply_decision(decision, table=table, giver=desk.writer.giver)

    decide(1, Status.REJECTED, desk.table)
    with pytest.raises(TryAgain):
        decide(2, Status.PENDING_REVIEW, interrupted_by(desk, lambda: bump(desk, payload)))
    assert decide(2, Status.PENDING_REVIEW, desk.table)
    assert len(desk.stored(payload.submission_id).limits_taken) == 1


def test_a_conflict_is_noted_though_somebody_writes_in_between():
    desk, payload = Desk(), make_payload()
    desk.send(payload)
    # Before the create that finds the first, and before the note that then is one version behind.
    interrupted_by(desk, lambda: None, lambda: bump(desk, payload))
    assert desk.send(payload, answers={"email": "eve@example.com"}) == "conflict"
    stored = desk.stored(payload.submission_id)
    assert (len(stored.conflict_hashes), stored.version) == (1, 3)


def test_an_earlier_copy_counts_though_somebody_writes_in_between():
    desk, payload = Desk(limits=(ONCE,)), make_payload()
    desk.send(payload)
    interrupted_by(desk, lambda: None, lambda: bump(desk, payload))
    assert desk.send(payload, at=NOON - timedelta(minutes=5)) == "seen"
    assert desk.stored(payload.submission_id).entered_at == NOON - timedelta(minutes=5)


def test_a_punctual_copy_counts_though_somebody_writes_in_between():
    desk, payload = Desk(closes_at=NOON, limits=(ONCE,)), make_payload()
    desk.send(payload)
    interrupted_by(desk, lambda: None, lambda: bump(desk, payload))
    assert desk.send(payload, at=NOON - timedelta(seconds=1)) == "pending_review"
    assert len(desk.stored(payload.submission_id).limits_taken) == 1


def test_two_of_one_person_at_once_leave_one_under_a_rolling_limit():
    desk, first, second = Desk(limits=(ROLLING,)), make_payload(), make_payload()
    own = desk.writer.table

    def other() -> None:
        object.__setattr__(desk.writer, "table", own)
        desk.send(second)

    interrupted_by(desk, other)
    assert desk.send(first) == "invalid"
    assert desk.stored(second.submission_id).status is Status.PENDING_REVIEW
    (reason,) = desk.stored(first.submission_id).reasons
    assert (reason.code, reason.again_at) == (
        ReasonCode.LIMIT_REACHED,
        NOON + timedelta(hours=2),
    )


def test_two_of_one_device_at_once_leave_one_unsuspected():
    desk = Desk(review="none", limits=(DEVICE,))
    where = {"address_hash": "a" * 32, "device_hash": "d" * 32}
    first, second = make_payload(**where), make_payload(**where)
    own = desk.writer.table

    def other() -> None:
        object.__setattr__(desk.writer, "table", own)
        desk.send(second)

    interrupted_by(desk, other)
    assert {desk.send(first), desk.stored(second.submission_id).status.value} == {
        "approved",
        "pending_review",
    }


def refusal(code: str, *reasons: str) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code},
            "CancellationReasons": [{"Code": reason} for reason in reasons],
        },
        "TransactWriteItems",
    )


class Refuses:
    """A client whose every call is answered with one error."""

    def __init__(self, error: ClientError) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        def call(**_arguments: Any) -> Any:
            raise self.error

        return call


@pytest.mark.parametrize(
    "error",
    [
        refusal("TransactionCanceledException", "None", "TransactionConflict"),
        refusal("TransactionCanceledException", "ThrottlingError", "ConditionalCheckFailed"),
        refusal("ProvisionedThroughputExceededException"),
        refusal("TransactionInProgressException"),
    ],
)
def test_a_conflict_or_a_throttle_is_worth_another_try(error):
    desk, payload = Desk(limits=(ONCE,)), make_payload()
    desk.writer.releases.manifest("summer", 1)
    desk.writer.releases.current("summer")
    desk.writer.releases.block_list("k1")
    object.__setattr__(desk.writer, "table", Table(Refuses(error), NAME))
    with pytest.raises(TryAgain):
        desk.send(payload)


@pytest.mark.parametrize(
    "error",
    [
        refusal("ValidationException"),
        refusal("TransactionCanceledException", "ValidationError"),
    ],
)
def test_what_is_a_bug_is_not_hidden_as_a_busy_table(error):
    desk, payload = Desk(limits=(ONCE,)), make_payload()
    desk.writer.releases.manifest("summer", 1)
    desk.writer.releases.current("summer")
    desk.writer.releases.block_list("k1")
    object.__setattr__(desk.writer, "table", Table(Refuses(error), NAME))
    with pytest.raises(ClientError):
        desk.send(payload)
