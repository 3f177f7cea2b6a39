"""Where a Pipe delivers: a function, an API or a queue."""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from campaignhub.local_aws.pipes.input_template import filled_in
from campaignhub.local_aws.pipes.wire import Refused, Wire, signed_as

logger = logging.getLogger(__name__)

QUEUE_ENTRIES = 10
QUEUE_BYTES = 262_144
"""What SQS takes in one request; what is larger alone it refuses."""

Record = Mapping[str, Any]


class Busy(Exception):
    """The target has no room now; the same batch may be offered again at once."""


class Target(Protocol):
    """Something that takes a batch."""

    def deliver(self, records: Sequence[Record]) -> list[int]:
        """Take the batch and return the positions that failed; all of them when the whole failed.

        Raises:
            Busy: no record was taken.
            Away: the emulator is away; records may have been taken.
        """
        ...


def target_of(
    arn: str, wire: Wire, *, group_path: Sequence[str] = (), input_template: str = ""
) -> Target:
    """Return the target that an ARN names.

    ``group_path`` is where a queue's message groups are, ``input_template`` what
    an API gets.

    Raises:
        ValueError: a kind of target that no Pipe of ours has used yet, or an API
            without an input template: AWS sends it none of the record.
    """
    service = arn.split(":")[2]
    if service == "lambda":
        return FunctionTarget(arn, wire)
    if service == "execute-api":
        if not input_template:
            raise ValueError(f"A Pipe that calls {arn} needs an input template.")
        return ApiTarget(arn, wire, input_template)
    if service == "sqs":
        return QueueTarget(arn, wire, group_path=group_path)
    raise ValueError(f"No Pipe delivers to {arn} here.")


class FunctionTarget:
    """A function called with a bare array of records; it may answer with ``batchItemFailures``."""

    def __init__(self, arn: str, wire: Wire) -> None:
        self._path = f"/2015-03-31/functions/{arn.rpartition(':')[2]}/invocations"
        self._wire = wire

    def deliver(self, records: Sequence[Record]) -> list[int]:
        """See :class:`Target`."""
        status, headers, body = self._wire.request(
            "POST",
            self._path,
            json.dumps(records).encode(),
            {"Content-Type": "application/json", **signed_as("lambda")},
        )
        everything = list(range(len(records)))
        if status == 429:
            raise Busy
        if status >= 300 or "x-amz-function-error" in headers:
            # Neither answer nor event is logged: both may hold what people typed.
            logger.warning("the function failed (%s); %s records come again", status, len(records))
            return everything
        return failed_records(body, records)


def failed_records(answer: bytes, records: Sequence[Record]) -> list[int]:
    """Return the positions that a function reported as failed, by AWS's rules.

    An answer without a list, or an empty one, is success; an entry that names no
    record of the batch makes the whole batch fail.
    """
    try:
        parsed = json.loads(answer or b"null")
    except ValueError:
        return []
    failures = parsed.get("batchItemFailures") if isinstance(parsed, dict) else None
    if not failures:
        return []
    places = {_identifier(record): place for place, record in enumerate(records)}
    try:
        return sorted({places[failure["itemIdentifier"]] for failure in failures})
    except (KeyError, TypeError):
        return list(range(len(records)))


def _identifier(record: Record) -> str:
    return str(
        record["messageId"] if "messageId" in record else record["dynamodb"]["SequenceNumber"]
    )


class ApiTarget:
    """A method of an API, one record a call: 2xx is final, anything else comes again."""

    def __init__(self, arn: str, wire: Wire, input_template: str) -> None:
        self._input_template = input_template
        api, stage, self._method, path = arn.split(":", 5)[5].split("/", 3)
        self._path = f"/_aws/execute-api/{api}/{stage}/{path}"
        self._wire = wire

    def deliver(self, records: Sequence[Record]) -> list[int]:
        """See :class:`Target`."""
        failed = []
        for place, record in enumerate(records):
            status, _, _ = self._wire.request(
                self._method,
                self._path,
                filled_in(self._input_template, record).encode("utf-8", "surrogatepass"),
                {"Content-Type": "application/json", **signed_as("execute-api")},
            )
            if not 200 <= status < 300:
                failed.append(place)
        return failed


class QueueTarget:
    """A queue that gets every record as a message of its own, in the group that the record names."""

    def __init__(self, arn: str, wire: Wire, *, group_path: Sequence[str] = ()) -> None:
        _, _, _, _, account, name = arn.split(":")
        self._url = f"{wire.endpoint}/{account}/{name}"
        self._wire = wire
        self._group_path = group_path

    def deliver(self, records: Sequence[Record]) -> list[int]:
        """See :class:`Target`."""
        # Not escaped: nobody promises that Pipes escapes what the queue refuses, so a record that
        # needs it has to fail here too.
        bodies = [json.dumps(record, ensure_ascii=False) for record in records]
        groups = [self._group(record) for record in records]
        return [place for chunk in _chunks(bodies) for place in self._send(bodies, groups, chunk)]

    def _group(self, record: Record) -> dict[str, str]:
        found: Any = record
        for name in self._group_path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return {"MessageGroupId": found} if self._group_path and isinstance(found, str) else {}

    def _send(
        self, bodies: Sequence[str], groups: Sequence[dict[str, str]], positions: Sequence[int]
    ) -> list[int]:
        entries = [
            {"Id": str(place), "MessageBody": bodies[place], **groups[place]} for place in positions
        ]
        try:
            answer = self._wire.call(
                "sqs", "SendMessageBatch", {"QueueUrl": self._url, "Entries": entries}
            )
        except Refused as refused:
            logger.warning("the queue refused a batch: %s", refused.code)
            return list(positions)
        return [int(entry["Id"]) for entry in answer.get("Failed", ())]


def _chunks(bodies: Sequence[str]) -> list[list[int]]:
    chunks: list[list[int]] = []
    size = 0
    for place, body in enumerate(bodies):
        length = len(body.encode("utf-8", "surrogatepass"))
        if not chunks or len(chunks[-1]) == QUEUE_ENTRIES or size + length > QUEUE_BYTES:
            chunks.append([])
            size = 0
        chunks[-1].append(place)
        size += length
    return chunks
