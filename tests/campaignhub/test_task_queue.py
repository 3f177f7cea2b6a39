"""The queues of tasks: what is no task is left to the redrive, whatever it looks like."""

import base64
import json
from typing import Any

import pytest
from kombu.transport import virtual

from campaignhub.celery import app
from campaignhub.clock.rounds import TIMETABLE
from campaignhub.task_queue import NO_TASK, Channel, Consumer, check_is_task
from campaigns.jobs.services.running import SLICE_TASK


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
    consumer.app = app
    consumer.strategies = {"mail.deliver_mails": _without_id}
    consumer.connection_errors = ()
    consumer.initial_prefetch_count, consumer._maximum_prefetch_restored = 1, True
    consumer.on_task_message, consumer.call_soon_ack = (), None
    consumer.create_task_handler()(Message(payload, channel=channel))
    assert left == ["rejected"]


app.loader.import_default_modules()
NO_LINKS: dict[str, Any] = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
CHAIN: dict[str, Any] = {**NO_LINKS, "chain": [{"task": SLICE_TASK, "args": [1, 0]}]}
HEADERS: dict[str, Any] = {
    "lang": "py",
    "task": SLICE_TASK,
    "id": "0b2b7a2e-8a5d-4c57-9e5c-6f4f0b6a7c11",
    "timelimit": [60, 45],
    "expires": None,
    "retries": 0,
}


def each(name: str, *values: Any) -> list[dict[str, Any]]:
    return [{name: value} for value in values]


def sent(
    body: Any = None, *, args: Any = (1, 0), kind: str = "application/json", **headers: Any
) -> Any:
    """Return a message as a worker gets it, with a body and headers of one's own."""
    body = [args, {}, NO_LINKS] if body is None else body
    content = (
        body if isinstance(body, str) else base64.b64encode(json.dumps(body).encode()).decode()
    )
    properties = {"body_encoding": "base64", "delivery_tag": "x", "delivery_info": {}}
    payload = {
        "body": content,
        "content-type": kind,
        "content-encoding": "utf-8",
        "headers": {**HEADERS, **headers},
        "properties": properties,
    }
    return virtual.Message(payload, channel=Channel.__new__(Channel), accept={"application/json"})


@pytest.mark.parametrize(
    "message",
    [
        *each("timelimit", ["a", "b"], [1], None, [-1, -1], [1e300, 1], "ab", [True, 1]),
        *each("eta", "2099-01-01T00:00:00", 5, ["x"]),
        *each("expires", "soon", 5, {}, "9999-12-31T23:59:59-23:59"),
        *each("task", 5, None, {}, ["x"], "", "jobs.of_tomorrow"),
        *each("id", None, 5, "", "x" * 65),
        *each("retries", "1", [1], -1),
        {"lang": "c"},
        {"group": {"a": 1}},
        {"shadow": "another\nline"},
        {"stamps": {"a": 1}},
        {"compression": "application/x-gzip"},
        {"kind": "application/x-python-serialize"},
        {"body": "###"},
        {"body": "bnVsbA=="},
        {"body": 5},
        {"body": [[1, 0], {}]},
        {"body": [[1, 0], [], NO_LINKS]},
        {"body": [[1, 0], {}, "x"]},
        {"body": [[1, 0], {}, CHAIN]},
        *each("args", [], [1], [1, 2, 3], ["1", "0"], [1.0, 0], [True, False], [None, 0], 5, {}),
        {"body": [[1, 0], {"more": 1}, NO_LINKS]},
        {"body": [[], {"job_id": 1, "slice_no": {"a": "b"}}, NO_LINKS]},
    ],
    ids=repr,
)
def test_a_message_that_is_not_all_ours_is_no_task(message: dict[str, Any]) -> None:
    """A time limit that is no number would end the worker itself, once for each try."""
    check_is_task(sent(), app.tasks)
    with pytest.raises(NO_TASK):
        check_is_task(sent(**message), app.tasks)


def test_what_we_send_is_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Celery writes it today, with all of its headers."""
    written: list[Any] = []

    def publish(_producer: Any, body: Any, **options: Any) -> None:
        written.append(sent(body, **options["headers"]))

    monkeypatch.setattr("kombu.messaging.Producer.publish", publish)
    for one in TIMETABLE.values():
        one.task.apply_async(queue=one.queue, expires=one.expires_seconds, retry=False)
    app.send_task(SLICE_TASK, (1, 0), task_id="0b2b7a2e-8a5d-4c57-9e5c-6f4f0b6a7c11")
    assert len(written) == len(TIMETABLE) + 1 > 4
    for message in written:
        check_is_task(message, app.tasks)
