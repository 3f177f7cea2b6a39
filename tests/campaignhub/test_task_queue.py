"""The queues of tasks: what is no task is left to the redrive, whatever it looks like."""

from typing import Any

import pytest
from kombu.transport import virtual

from campaignhub.task_queue import Channel, Consumer


def _without_id(*_: object) -> None:
    raise KeyError("id")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[" * 100_000,
        '{"properties": "none"}',
        '{"properties": {"body_encoding": "base85", "delivery_info": {}}, "body": "x"}',
        '{"headers": {"task": "mail.deliver_mails"}, "properties": {"delivery_info": {}}, "body": "x"}',
        '{"headers": {"task": "of.tomorrow", "id": "1"}, "properties": {"delivery_info": {}}, "body": "x"}',
    ],
    ids=["cut", "deep", "shape", "encoding", "no id", "unknown"],
)
def test_a_message_that_is_no_task_ends_no_worker(body: str) -> None:
    """Celery itself would delete some of these, log others in full, and end at the rest."""
    message = {"Body": body, "ReceiptHandle": "handle", "MessageId": "id"}
    channel: Any = Channel.__new__(Channel)
    payload = channel._message_to_python(message, "jobs", "http://queue")
    left: list[str] = []

    class Message(virtual.Message):
        def reject_log_error(self, *_arguments: object, **_more: object) -> None:
            left.append("rejected")

    consumer: Any = Consumer.__new__(Consumer)
    consumer.strategies = {"mail.deliver_mails": _without_id}
    consumer.connection_errors = ()
    consumer.initial_prefetch_count, consumer._maximum_prefetch_restored = 1, True
    consumer.on_task_message, consumer.call_soon_ack = (), None
    consumer.create_task_handler()(Message(payload, channel=channel))
    assert left == ["rejected"]
