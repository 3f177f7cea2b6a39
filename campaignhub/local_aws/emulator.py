"""The program of the emulator's process: its ASGI application on a server in C, and its hot paths walked quicker.

Run by the interpreter that has the emulator installed, never imported here; it
may import nothing of ours but what lies beside it. Everything embedded waits for this one process, so
what it costs is what a machine can take. Each change keeps what the emulator
answers and is bound to the version that ``constraints-ministack.txt`` pins:

- uvicorn with httptools and uvloop instead of a server in Python: half of what
  accepting a submission cost. An answer leaves in one piece instead of two.
- Conditions are parsed once: ours are a few dozen texts, and a transaction costs
  a fifth less.
- Standard queues hand out their groups in turn, and are walked no further than
  asked for (``fair_queue.py``). The emulator hands out the oldest, and looks at
  every message of a queue four times a receive and once a delete, so that a
  backlog of 20,000 submissions would be handed out at a tenth of the pace.
- A page of a scan or of an index is read from its beginning on, not from the table's (``scan_window.py``).
- What is kept of every write takes a third of the memory (``compact.py``).
- The emulator's own Pipes do not run: they deliver to no queue, and every second each
  would read its whole stream again.
"""

import asyncio
import functools
import gc
import importlib.util
import json
import logging
import os
import re
import resource
import time
from datetime import UTC, datetime
from email.policy import EmailPolicy
from pathlib import Path
from typing import Any

import uvicorn
from ministack.app import app
from ministack.services import dynamodb, pipes, ses, sqs
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Queue = dict[str, Any]
Message = dict[str, Any]


def beside(name: str) -> Any:
    """Load a module that lies beside this program; its folder has names of the emulator's in it."""
    found = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


fair_queue, like_aws = beside("fair_queue"), beside("like_aws")
refusals, response_templates = beside("refusals"), beside("response_templates")
mail_service, scan_window = beside("mail_service"), beside("scan_window")
compact, function_updates = beside("compact"), beside("function_updates")
function_code, callers = beside("function_code"), beside("callers")


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


def group_of(message: Message) -> str | None:
    """Return a message's group; of a photo that arrived, its campaign.

    S3 gives its notifications no group, on AWS neither: there the images
    function is called by fifty at once, here by two.

    What the gateway took bears whatever its sender wrote in the place of a
    campaign. Of ten thousand names that are none each would have its turn before
    an honest entry, so they are one group together.
    """
    group: str | None = message.get("group_id")
    if group and message["body"].startswith(_TAKEN_BY_THE_GATEWAY):
        return group if is_campaign(group) else None
    if group or '"aws:s3"' not in message["body"][:1000]:
        return group
    found = _INCOMING.search(message["body"])
    return found[1] if found else None


def is_campaign(slug: str) -> bool:
    """Tell whether a campaign was ever published under a slug (``ingest_lambda.adapters.table.keys.current_key``)."""
    tables = list(dynamodb._tables.values())
    return any("CURRENT" in table["items"].get(f"CAMPAIGN#{slug}", ()) for table in tables)


def index_of(queue: Queue) -> Any:
    """Return the index over a standard queue's messages."""
    arn = queue["attributes"]["QueueArn"]
    if arn not in _indexes:
        _indexes[arn] = fair_queue.FairQueue(group_of)
    return _indexes[arn]


def expire_retained(queue: Queue) -> None:
    """Drop what is too old: the oldest is the first, so that one look is enough."""
    if queue["messages"]:
        first = {**queue, "messages": queue["messages"][:1]}
        _expire_retained(first)
        if not first["messages"]:
            _expire_retained(queue)


def sweep_to_dead_letters(queue: Queue) -> None:
    """Move what was handed out too often, looking only at what comes back from a flight."""
    if queue["is_fifo"]:
        _dlq_sweep(queue)
        return
    index = index_of(queue)
    back = index.redelivered(queue["messages"], time.time())
    if not back:
        return
    part = {**queue, "messages": back}
    _dlq_sweep(part)
    index.wait(part["messages"])
    kept = {id(message) for message in part["messages"]}
    for message in back:
        if id(message) not in kept:
            index.drop(queue["messages"], message)


def collect(queue: Queue, most: int, visibility_seconds: int) -> list[Message]:
    """Hand out up to ``most`` messages, one group after the other; none to a caller that is gone."""
    if callers.caller_is_gone():
        return []
    if queue["is_fifo"]:
        return list(_collect_msgs(queue, most, visibility_seconds))
    index = index_of(queue)
    found = index.take(queue["messages"], most, time.time())
    handles = [message.get("receipt_handle") for message in found]
    taken = list(_collect_msgs({**queue, "messages": found}, most, visibility_seconds))
    for message, before in zip(taken, handles, strict=True):
        index.handed_out(message, before=before)
    return taken


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


def delete_for_functions(url: str, handles: set[str]) -> None:
    """Delete what a function has dealt with."""
    queue = sqs._get_q(url)
    with sqs._queues_lock:
        rest = {handle for handle in handles if not forget(queue, handle)}
    _delete_messages_for_esm(url, rest)


def forget(queue: Queue, handle: str | None) -> bool:
    """Take the message with a receipt handle out of its queue, if it is in flight."""
    return not queue["is_fifo"] and index_of(queue).forget(queue["messages"], handle)


def change_visibility(data: dict[str, Any], url: str) -> dict[str, Any]:
    """Move when one message in flight, or each of up to ten, is visible again."""
    several = "Entries" in data
    change = _change_visibility_batch if several else _change_visibility
    answer: dict[str, Any] = change(data, url)
    queue = sqs._get_q(data.get("QueueUrl", url))
    if not queue["is_fifo"]:
        for entry in data["Entries"] if several else [data]:
            index_of(queue).moved(entry.get("ReceiptHandle"))
    return answer


_indexes: dict[str, Any] = {}
_TAKEN_BY_THE_GATEWAY = '{"body":'
"""How the accept step begins a message (``template.yaml``)."""
_INCOMING = re.compile(r'"key": ?"incoming/([^/"]+)/')
_expire_retained, _dlq_sweep, _collect_msgs = (
    sqs._expire_retained,
    sqs._dlq_sweep,
    sqs._collect_msgs,
)
_delete_message, _delete_message_batch = sqs._act_delete_message, sqs._act_delete_message_batch
_delete_messages_for_esm = sqs._delete_messages_for_esm
_change_visibility = sqs._act_change_visibility
_change_visibility_batch = sqs._act_change_visibility_batch


def quicken() -> None:
    """Put the quicker walks into the emulator."""
    for name in ("_condition_syntax_error", "_tokenize"):
        setattr(dynamodb, name, functools.lru_cache(1_000)(getattr(dynamodb, name)))
    ses.default_policy = FewHeaders()
    pipes._ensure_poller = lambda: None
    sqs._expire_retained = expire_retained
    sqs._dlq_sweep = sweep_to_dead_letters
    sqs._collect_msgs = collect
    sqs._delete_messages_for_esm = delete_for_functions
    sqs._HANDLERS["DeleteMessage"] = delete_message
    sqs._HANDLERS["DeleteMessageBatch"] = delete_message_batch
    sqs._HANDLERS["ChangeMessageVisibility"] = change_visibility
    sqs._HANDLERS["ChangeMessageVisibilityBatch"] = change_visibility


class Line(logging.Formatter):
    """A line of JSON with its time and level, as the site's are (``campaignhub.logs``, which isn't installed here)."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        level = record.levelname.lower()
        line = {"at": at, "level": level, "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def main() -> None:
    """Serve AWS at the address that the environment names."""
    lines = logging.StreamHandler()
    lines.setFormatter(Line())
    logging.basicConfig(level=logging.WARNING, handlers=[lines], force=True)
    logging.getLogger("kms").setLevel(logging.ERROR)
    # Hundreds of thousands of items live for long: walk the new ones seldom and few at a time (20 ms),
    # all of them hardly ever.
    gc.set_threshold(50_000, 5, 100)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    quicken()
    scan_window.quicken()
    compact.quicken()
    like_aws.complete()
    refusals.complete(response_templates)
    mail_service.complete()
    function_updates.complete()
    function_code.complete()
    uvicorn.run(
        callers.noting_callers(app),
        host=os.environ["BIND_HOST"],
        port=int(os.environ["GATEWAY_PORT"]),
        loop="uvloop",
        http=Protocol,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,  # it sets its own
        timeout_keep_alive=75,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
