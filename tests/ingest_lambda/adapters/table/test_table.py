"""The table's promises that no other test of the writer meets."""

from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from ingest_lambda.adapters.table import READ_ATTEMPTS, Table, open_table
from ingest_lambda.adapters.table.store import LAST_ATTEMPT_SECONDS
from ingest_lambda.config import Config
from ingest_lambda.contract import Current
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.publish import Superseded, move, publish
from tests.ingest_lambda.declared import template
from tests.ingest_lambda.writing import NOON, Desk, make_manifest, make_payload

pytestmark = pytest.mark.usefixtures("account")


def make_current(**overrides: Any) -> Current:
    return Current(
        **{
            "slug": "summer",
            "release": 1,
            "opens_at": NOON,
            "closes_at": make_manifest().closes_at,
            **overrides,
        }
    )


def test_a_campaign_never_goes_back_to_an_earlier_release():
    desk = Desk(release=2)
    desk.publish(make_manifest(release=2))
    with pytest.raises(Superseded):
        desk.publish(make_manifest(release=1))
    current = desk.table.published.current("summer")
    assert current is not None
    assert current.release == 2
    assert desk.table.published.release("summer", 1) is None


def test_a_number_that_is_taken_keeps_its_content():
    desk = Desk()
    desk.publish(make_manifest(release=1))
    desk.publish(make_manifest(release=1))
    with pytest.raises(Superseded):
        desk.publish(make_manifest(release=1, decide_within_days=9))
    stored = desk.table.published.release("summer", 1)
    assert stored is not None
    assert stored.decide_within_days != 9


def test_a_release_that_an_earlier_version_spelled_otherwise_is_the_same_release():
    desk = Desk()
    manifest = make_manifest(release=1)
    spelled = manifest.model_dump_json(exclude_defaults=True)
    desk.table.store.client.update_item(
        TableName=desk.table.store.name,
        Key={"pk": {"S": "CAMPAIGN#summer"}, "sk": {"S": "RELEASE#1"}},
        UpdateExpression="SET content = :content",
        ExpressionAttributeValues={":content": {"S": spelled}},
    )
    publish(manifest, make_current(revision=4, paused=True), table=desk.table)
    current = desk.table.published.current("summer")
    assert current is not None
    assert current.paused


def test_an_older_decision_never_replaces_a_newer_one():
    desk = Desk()
    move(make_current(revision=3, paused=True), table=desk.table)
    with pytest.raises(Superseded):
        move(make_current(revision=2), table=desk.table)
    with pytest.raises(Superseded):
        publish(make_manifest(release=1), make_current(revision=2), table=desk.table)
    current = desk.table.published.current("summer")
    assert current is not None
    assert current.paused


def test_a_pause_changes_what_is_current_and_no_release():
    desk = Desk()
    paused = make_current(paused=True)
    desk.table.published.set_current(paused)
    assert desk.table.published.current("summer") == paused
    assert desk.table.published.release("summer", 1) == make_manifest()


def test_a_guard_has_one_holder():
    table, first, second = Desk().table, uuid4(), uuid4()
    assert table.limits.hold_guard("c1", "image:aa", first) == first
    assert table.limits.hold_guard("c1", "image:aa", second) == first


class Busy:
    """A client of a service that is throttled, or gone."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem
        self.calls = 0

    def __getattr__(self, name: str):
        def call(**_arguments):
            self.calls += 1
            raise self.problem

        return call


PROBLEMS = [
    ClientError({"Error": {"Code": "ThrottlingException"}}, "any"),
    ReadTimeoutError(endpoint_url="http://away"),
]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_visitor_is_told_of_a_busy_table_after_three_tries(problem):
    busy = Busy(problem)
    with pytest.raises(TryAgain):
        Table(busy, "any", read_attempts=READ_ATTEMPTS).submissions.get(uuid4())
    assert busy.calls == READ_ATTEMPTS == 3


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_visitor_is_not_told_of_a_table_that_answers_the_second_time(problem):
    class Recovering(Busy):
        def get_item(self, **_arguments):
            self.calls += 1
            if self.calls == 1:
                raise self.problem
            return {}

    table = Recovering(problem)
    assert Table(table, "any", read_attempts=READ_ATTEMPTS).submissions.get(uuid4()) is None
    assert table.calls == 2


def test_what_is_no_passing_trouble_is_not_tried_again():
    broken = Busy(ClientError({"Error": {"Code": "ValidationException"}}, "any"))
    with pytest.raises(ClientError):
        Table(broken, "any", read_attempts=READ_ATTEMPTS).submissions.get(uuid4())
    assert broken.calls == 1


def test_the_last_try_of_a_read_ends_before_its_function_is_ended():
    longest = open_table(Config(table_name="t")).store.client.meta.config
    for function in ("StartFunction", "StatusFunction"):
        timeout = template()["Resources"][function]["Properties"]["Timeout"]
        assert LAST_ATTEMPT_SECONDS + longest.connect_timeout + longest.read_timeout < timeout


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_busy_table_is_tried_four_times_and_then_left_to_the_queue(problem):
    desk = Desk()
    desk.writer.releases.manifest("summer", 1)
    desk.writer.releases.current("summer")
    busy = Busy(problem)
    object.__setattr__(desk.writer, "table", Table(busy, "any"))
    with pytest.raises(TryAgain):
        desk.send(make_payload())
    assert busy.calls == 4


def test_publishing_while_the_table_is_away_is_worth_another_try():
    away = Table(Busy(ReadTimeoutError(endpoint_url="http://away")), "any")
    with pytest.raises(TryAgain):
        publish(make_manifest(), make_current(), table=away)
