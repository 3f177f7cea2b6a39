"""The edge to queues: three shapes in, the ids that must come again out."""

import logging
from typing import Any
from uuid import UUID

import pytest

from ingest_lambda.adapters.log_context import log_about
from ingest_lambda.batch import Delivery, handle_batch, records_of
from ingest_lambda.errors import TryAgain


def record(number: int, body: str = "good") -> dict[str, Any]:
    return {"messageId": f"m{number}", "body": body, "attributes": {"SentTimestamp": "1"}}


def run(event: Any, *, seconds_left: float = 60) -> list[str]:
    def handle(delivery: Delivery) -> str:
        if delivery.body == "busy":
            raise TryAgain("busy")
        if delivery.body == "poison":
            raise KeyError("a bug")
        return "done"

    handled = handle_batch(event, handle, threads=4, seconds_left=lambda: seconds_left)
    assert handled.answer == {
        "batchItemFailures": [{"itemIdentifier": each} for each in handled.again]
    }
    return list(handled.again)


@pytest.mark.parametrize("event", [[record(1)], {"Records": [record(1)]}, record(1)])
def test_all_three_shapes_carry_the_same_records(event):
    assert records_of(event) == [record(1)]
    assert run(event) == []


@pytest.mark.parametrize("event", [None, "text", {}, {"Records": "none"}])
def test_an_unknown_shape_is_refused_as_a_whole(event):
    with pytest.raises(ValueError, match="three shapes"):
        records_of(event)


def test_poison_in_a_batch_of_25_brings_back_only_itself():
    bodies = {7: "poison", 11: "busy"}
    event = [record(number, bodies.get(number, "good")) for number in range(25)]
    assert run(event) == ["m7", "m11"]


def test_a_batch_that_fails_whole_is_reported_and_raises_nothing():
    assert run([record(1, "busy"), record(2, "poison")]) == ["m1", "m2"]


def test_nothing_is_begun_when_the_time_is_nearly_over():
    assert run([record(1), record(2)], seconds_left=1) == ["m1", "m2"]


def often(number: int, receives: int) -> dict[str, Any]:
    return {
        **record(number, f"m{number}"),
        "attributes": {"ApproximateReceiveCount": str(receives)},
    }


def in_turn(*records: dict[str, Any]) -> tuple[list[str], list[str]]:
    bodies: list[str] = []

    def handle(delivery: Delivery) -> str:
        bodies.append(delivery.body)
        return "done"

    handled = handle_batch(list(records), handle, threads=1, seconds_left=lambda: 60, alone_from=3)
    return bodies, list(handled.again)


def test_what_may_have_ended_a_call_is_handled_last_and_one_at_a_time():
    assert in_turn(often(1, 3), often(2, 1), often(3, 3), often(4, 2)) == (
        ["m2", "m4", "m3"],
        ["m1"],
    )


def test_of_two_that_come_together_each_is_handled_before_their_last_delivery():
    assert in_turn(often(1, 3), often(2, 3)) == (["m2"], ["m1"])
    assert in_turn(often(1, 4), often(2, 4)) == (["m1"], ["m2"])


def test_a_record_by_itself_is_handled_however_often_it_came():
    assert in_turn(often(1, 5)) == (["m1"], [])


def test_what_became_of_the_records_is_counted_once_all_threads_are_done():
    words = {number: "seen" if number % 3 else "approved" for number in range(300)}
    event = [record(number, words[number]) for number in range(300)]
    event[7]["body"], event[11]["body"] = "poison", "busy"

    def handle(delivery: Delivery) -> str:
        if delivery.body == "busy":
            raise TryAgain("busy")
        if delivery.body == "poison":
            raise KeyError("a bug")
        return delivery.body

    handled = handle_batch(event, handle, threads=32, seconds_left=lambda: 60)
    assert handled.outcomes == {"seen": 198, "approved": 100}
    assert handled.again == ("m7", "m11")


def test_a_line_about_a_record_names_its_submission_in_any_process(monkeypatch):
    lines: list[logging.LogRecord] = []
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", lines.append)
    logger = logging.getLogger("ingest_lambda.batch")
    logger.addHandler(handler)

    def handle(delivery: Delivery) -> str:
        if delivery.body != "unread":
            log_about(UUID(int=int(delivery.body)))
        raise KeyError("a bug")

    event = [record(number, str(number)) for number in (1, 2)] + [record(3, "unread")]
    handle_batch(event, handle, threads=1, seconds_left=lambda: 60)
    logger.removeHandler(handler)
    named = [getattr(line, "submission_id", None) for line in lines]
    assert named == [str(UUID(int=1)), str(UUID(int=2)), None]
