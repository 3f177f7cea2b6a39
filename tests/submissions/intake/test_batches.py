"""Batches of a queue: as large as they may be, by several calls at once, and none lost where a call fails."""

from collections.abc import Callable, Iterator
from threading import Barrier, Event, Lock
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from campaignhub import aws
from campaignhub.env import env
from submissions.intake.batches import AT_ONCE, Batches, Message
from tests.support.simulated_aws import depth, simulated_aws


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with simulated_aws(monkeypatch) as queues:
        yield queues


def send(count: int) -> str:
    url = env().mirror_queue_url
    for first in range(0, count, 10):
        numbers = range(first, min(first + 10, count))
        entries: Any = [{"Id": str(n), "MessageBody": f"message {n}"} for n in numbers]
        aws.sqs().send_message_batch(QueueUrl=url, Entries=entries)
    return url


def batches(url: str, *, size: int = 100, stopping: Event | None = None) -> Batches:
    return Batches(url, size=size, stopping=stopping or Event())


def bodies(messages: list[Message]) -> list[str]:
    return sorted(message["Body"] for message in messages)


def on_each_call(operation: str, act: Callable[[int], None]) -> None:
    """Call ``act`` with the number of each call of an operation, before it is sent."""
    calls, lock = [0], Lock()

    def number(**_: Any) -> None:
        with lock:
            calls[0] += 1
            mine = calls[0]
        act(mine)

    aws.sqs().meta.events.register(f"before-sign.sqs.{operation}", number)


def out_of_reach_at(number: int) -> Callable[[int], None]:
    def act(call: int) -> None:
        if call == number:
            raise EndpointConnectionError(endpoint_url="https://sqs.example")

    return act


def test_a_batch_has_its_size_and_no_message_twice(queues: Any) -> None:
    url = send(87)
    mine = batches(url, size=64)
    first = mine.receive(0)
    assert (len(first), len(set(bodies(first)))) == (64, 64)
    mine.delete(first)
    assert depth(queues, url) == 23
    rest = mine.receive(0)
    assert bodies([*first, *rest]) == sorted(f"message {n}" for n in range(87))
    mine.delete(rest)
    assert depth(queues, url) == 0
    assert mine.receive(0) == []


@pytest.mark.parametrize("operation", ["ReceiveMessage", "DeleteMessageBatch"])
def test_behind_a_full_call_several_are_under_way_at_once(queues: Any, operation: str) -> None:
    url = send(10 * (AT_ONCE + 1))
    together = Barrier(AT_ONCE)
    is_receive = operation == "ReceiveMessage"
    first = 2 if is_receive else 1  # one call finds out whether there is anything

    def wait(call: int) -> None:
        if first <= call < first + AT_ONCE:
            together.wait(20)

    on_each_call(operation, wait)
    mine = batches(url, size=10 * (AT_ONCE + 1 if is_receive else AT_ONCE))
    messages = mine.receive(0)
    mine.delete(messages)
    assert not together.broken
    assert depth(queues, url) == 10 * (AT_ONCE + 1) - len(messages)


def test_where_a_call_fails_what_the_others_brought_is_a_batch(queues: Any) -> None:
    url = send(60)
    on_each_call("ReceiveMessage", out_of_reach_at(3))
    mine = batches(url)
    first = mine.receive(0)
    assert len(first) == 50
    mine.delete(first)
    rest = mine.receive(0)
    assert bodies([*first, *rest]) == sorted(f"message {n}" for n in range(60))


def test_where_the_first_call_fails_nothing_was_received_and_it_is_said(queues: Any) -> None:
    url = send(20)
    on_each_call("ReceiveMessage", out_of_reach_at(1))
    mine = batches(url)
    with pytest.raises(EndpointConnectionError):
        mine.receive(0)
    assert len(mine.receive(0)) == 20


def test_a_delete_that_fails_leaves_its_own_messages_alone(queues: Any) -> None:
    url = send(40)
    on_each_call("DeleteMessageBatch", out_of_reach_at(2))
    mine = batches(url)
    messages = mine.receive(0)
    with pytest.raises(EndpointConnectionError):
        mine.delete(messages)
    assert depth(queues, url) == 10


def test_who_has_to_stop_receives_no_more_than_is_on_its_way(queues: Any) -> None:
    url = send(60)
    stopping = Event()
    stopping.set()
    assert len(batches(url, stopping=stopping).receive(0)) == 10
