"""A transaction answers with the names of its parts, and is never larger than DynamoDB takes."""

from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from ingest_lambda.adapters.table import (
    SUBMISSION,
    Cancelled,
    InConflict,
    LimitUse,
    Part,
    PartKind,
    Table,
    TooManyParts,
    guard_part,
)
from ingest_lambda.contract import MOST_PARTS, SubmissionRecord
from ingest_lambda.errors import NoSuchTable, TryAgain
from tests.ingest_lambda.public_path import record
from tests.ingest_lambda.writing import empty_table

GUARDS = ("image:aa", "image:bb")


def use(limit: str, window: str = "campaign", **more: Any) -> LimitUse:
    return LimitUse(limit=limit, scope_hash="h", window=window, count=1, **more)


USES = (use("once"), use("daily", "2026-06-10"))


def submission(**changes: Any) -> SubmissionRecord:
    return record(id=uuid4(), **changes)


@pytest.mark.usefixtures("account")
def test_a_refusal_names_the_limits_and_guards_that_others_hold():
    table = empty_table()
    table.submissions.create(submission(), uses=USES[1:], guards=GUARDS[:1])
    with pytest.raises(Cancelled) as cancelled:
        table.submissions.create(submission(), uses=USES, guards=GUARDS)
    assert cancelled.value.refused == (USES[1].part, guard_part("image:aa"))


@pytest.mark.usefixtures("account")
def test_a_submission_that_is_there_is_named_also_when_it_is_written_by_itself():
    table, mine = empty_table(), submission()
    table.submissions.create(mine)
    for uses in ((), USES):
        with pytest.raises(Cancelled) as cancelled:
            table.submissions.create(mine, uses=uses)
        assert SUBMISSION in cancelled.value.refused


@pytest.mark.usefixtures("account")
def test_a_wrong_name_of_the_table_is_not_passing():
    table = Table(empty_table().store.client, "mistyped")
    calls = (
        lambda: table.submissions.get(uuid4()),
        lambda: table.submissions.create(submission()),
        lambda: table.submissions.create(submission(), uses=USES),
    )
    for call in calls:
        with pytest.raises(NoSuchTable, match="no table 'mistyped'"):
            call()


class Answers:
    """A client that cancels every write for these reasons."""

    def __init__(self, code: str, *reasons: str) -> None:
        self.response: Any = {
            "Error": {"Code": code},
            "CancellationReasons": [{"Code": reason} for reason in reasons],
        }

    def __getattr__(self, name: str) -> Any:
        def call(**_arguments: Any) -> Any:
            raise ClientError(self.response, name)

        return call


def cancelled_by(code: str, *reasons: str, uses: tuple[LimitUse, ...] = USES) -> TryAgain:
    with pytest.raises(TryAgain) as raised:
        Table(Answers(code, *reasons), "t").submissions.create(
            submission(), uses=uses, guards=GUARDS if uses else ()
        )
    return raised.value


def test_a_conflict_names_the_parts_that_another_transaction_was_at():
    reasons = ("None", "TransactionConflict", "None", "ConditionalCheckFailed")
    met = cancelled_by("TransactionCanceledException", *reasons, "TransactionConflict")
    assert isinstance(met, InConflict)
    assert met.in_conflict == (USES[0].part, guard_part("image:bb"))
    assert met.refused == (guard_part("image:aa"),)


def test_a_conflict_over_a_single_write_names_it_too():
    met = cancelled_by("TransactionConflictException", uses=())
    assert isinstance(met, InConflict)
    assert met.in_conflict == (SUBMISSION,)


def test_a_throttled_transaction_is_tried_again_and_blames_no_part():
    met = cancelled_by("TransactionCanceledException", "ConditionalCheckFailed", "ThrottlingError")
    assert not isinstance(met, InConflict)


def test_a_transaction_of_more_parts_than_dynamodb_takes_is_not_sent_and_says_what_is_too_many():
    guards = tuple(f"image:{number}" for number in range(MOST_PARTS - 2))
    never = Table(Answers("AccessDenied"), "t")
    with pytest.raises(ClientError):
        never.submissions.create(submission(), uses=USES[:1], guards=guards)
    with pytest.raises(TooManyParts, match="101 parts, at most 100: 1 submission, 2 limit, 98"):
        never.submissions.create(submission(), uses=USES, guards=guards)


def test_no_error_of_a_transaction_holds_a_hash_of_a_person():
    secret = Part(PartKind.LIMIT, "once#hash-of-a-person#campaign")
    for error in (Cancelled((secret,)), InConflict((secret,)), TooManyParts([secret] * 101)):
        assert "hash-of-a-person" not in str(error)
