"""The program of the emulator's process: its ASGI application on a server in C, and its hot paths walked quicker.

Run by the interpreter that has the emulator installed, never imported here; it
may import nothing of ours. Everything embedded waits for this one process, so
what it costs is what a machine can take. Each change keeps what the emulator
answers and is bound to the version that ``constraints-ministack.txt`` pins:

- uvicorn with httptools and uvloop instead of a server in Python: half of what
  accepting a submission cost. An answer leaves in one piece instead of two.
- Conditions are parsed once: ours are a few dozen texts, and a transaction costs
  a fifth less.
- Queues are walked no further than asked for. The emulator looks at every
  message of a queue four times a receive and once a delete, so that a backlog
  of 20,000 submissions would be handed out at a tenth of the pace.
"""

import asyncio
import functools
import gc
import logging
import os
import resource
import time
from email.policy import EmailPolicy
from typing import Any

import uvicorn
from ministack.app import app
from ministack.services import dynamodb, ses, sqs
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Queue = dict[str, Any]
Message = dict[str, Any]


class WholeAnswers:
    """A transport that sends head and body of an answer together, at the end of the loop's round."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._waiting: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Keep a piece until the round is over."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._send)
        self._waiting.append(data)

    def close(self) -> None:
        """Send what is kept, then close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._waiting:
            self._transport.write(b"".join(self._waiting))
            self._waiting.clear()


class Protocol(HttpToolsProtocol):  # type: ignore[misc]
    """uvicorn's own, over :class:`WholeAnswers`."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin a connection."""
        super().connection_made(WholeAnswers(transport))


class FewHeaders(EmailPolicy):
    """Takes only those headers of a mail apart that the emulator shows; all of them took half of its time."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """Read one header."""
        if name.lower() in ("subject", "from", "to"):
            return super().header_fetch_parse(name, value)
        return "".join(value.splitlines())


def is_untouched(message: Message, now: float) -> bool:
    """Tell whether a message waits and was never handed out: behind it nothing was, in a standard queue."""
    return not message["receive_count"] and message["visible_at"] <= now


def touched(queue: Queue) -> list[Message]:
    """Return the messages before the first untouched one: all that may be in flight or given up."""
    now, found = time.time(), []
    for message in queue["messages"]:
        if is_untouched(message, now):
            break
        found.append(message)
    return found


def expire_retained(queue: Queue) -> None:
    """Drop what is too old: the oldest is the first, so that one look is enough."""
    if queue["messages"]:
        first = {**queue, "messages": queue["messages"][:1]}
        _expire_retained(first)
        if not first["messages"]:
            _expire_retained(queue)


def sweep_to_dead_letters(queue: Queue) -> None:
    """Move what was handed out too often, looking only where something was handed out at all."""
    head = touched(queue)
    if queue["is_fifo"]:
        _dlq_sweep(queue)
    elif head:
        part = {**queue, "messages": head}
        _dlq_sweep(part)
        if len(part["messages"]) < len(head):
            queue["messages"][: len(head)] = part["messages"]


def collect(queue: Queue, most: int, visibility_seconds: int) -> list[Message]:
    """Hand out up to ``most`` messages, looking no further than the last of them."""
    if queue["is_fifo"]:
        return list(_collect_msgs(queue, most, visibility_seconds))
    now, found = time.time(), []
    for message in queue["messages"]:
        sqs._ensure_msg_fields(message)
        if message["visible_at"] <= now:
            found.append(message)
            if len(found) == most:
                break
    return list(_collect_msgs({**queue, "messages": found}, most, visibility_seconds))


def delete_message(data: dict[str, Any], url: str) -> dict[str, Any]:
    """Delete one message; see :func:`forget`."""
    queue = sqs._get_q(data.get("QueueUrl", url), "sqs:DeleteMessage")
    return {} if forget(queue, data.get("ReceiptHandle")) else _delete_message(data, url)


def delete_message_batch(data: dict[str, Any], url: str) -> dict[str, Any]:
    """Delete up to ten messages; what is not to be found is left to the emulator's own search."""
    queue = sqs._get_q(data.get("QueueUrl", url), "sqs:DeleteMessage")
    entries = data.get("Entries", [])
    sqs._validate_batch_entries(entries, "DeleteMessageBatchRequestEntry")
    gone: list[Message] = []
    rest: list[Message] = []
    for entry in entries:
        (gone if forget(queue, entry.get("ReceiptHandle")) else rest).append(entry)
    answer = _delete_message_batch({**data, "Entries": rest}, url) if rest else {"Failed": []}
    done = [{"Id": entry.get("Id", "")} for entry in gone]
    return {"Successful": done + answer.get("Successful", []), "Failed": answer["Failed"]}


def forget(queue: Queue, handle: str | None) -> bool:
    """Take the message with a receipt handle out of its queue, if it is where those in flight are."""
    now = time.time()
    for place, message in enumerate(queue["messages"]):
        if handle and message["receipt_handle"] == handle:
            del queue["messages"][place]
            return True
        if is_untouched(message, now):
            break
    return False


_expire_retained, _dlq_sweep, _collect_msgs = (
    sqs._expire_retained,
    sqs._dlq_sweep,
    sqs._collect_msgs,
)
_delete_message, _delete_message_batch = sqs._act_delete_message, sqs._act_delete_message_batch


def quicken() -> None:
    """Put the quicker walks into the emulator."""
    for name in ("_condition_syntax_error", "_tokenize"):
        setattr(dynamodb, name, functools.lru_cache(1_000)(getattr(dynamodb, name)))
    ses.default_policy = FewHeaders()
    sqs._expire_retained = expire_retained
    sqs._dlq_sweep = sweep_to_dead_letters
    sqs._collect_msgs = collect
    sqs._HANDLERS["DeleteMessage"] = delete_message
    sqs._HANDLERS["DeleteMessageBatch"] = delete_message_batch


def main() -> None:
    """Serve AWS at the address that the environment names."""
    # Every second it would say that it does not deliver to queues; our own Pipes do.
    logging.getLogger("pipes").setLevel(logging.ERROR)
    logging.getLogger("kms").setLevel(logging.ERROR)
    # Hundreds of thousands of items live for long: walk the new ones seldom and few at a time (20 ms),
    # all of them hardly ever.
    gc.set_threshold(50_000, 5, 100)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    quicken()
    uvicorn.run(
        app,
        host=os.environ["BIND_HOST"],
        port=int(os.environ["GATEWAY_PORT"]),
        loop="uvloop",
        http=Protocol,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,  # it sets its own
        timeout_keep_alive=75,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
