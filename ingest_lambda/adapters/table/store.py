"""The table's client: the one place that tells passing trouble from a refusal and from a bug."""

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError

from ingest_lambda.adapters.table.keys import Item, group_of
from ingest_lambda.adapters.table.transaction import (
    MOST_PARTS,
    Cancelled,
    InConflict,
    Part,
    TooManyParts,
    Write,
)
from ingest_lambda.errors import NoSuchTable, TryAgain

_PASSING = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_FAILED = "ConditionalCheckFailedException"
_MISSING = "ResourceNotFoundException"
"""Not passing: deletion protection is on, so a table that is not there has another name."""


MOST_GETS = 100
"""What one ``BatchGetItem`` takes."""
READ_ATTEMPTS = 3
"""For a function that a visitor waits for."""
LONGEST_PAUSE_SECONDS = 0.2
LAST_ATTEMPT_SECONDS = 4
"""No attempt begins later than so long after the first: with a read's time-out of 3 s the call still ends within its own 10 s."""


class Store:
    """Calls the table and translates its errors.

    SDK retries are off: the writer retries a transaction that was in conflict,
    because it knows what may be repeated. Two layers of retries would multiply.
    Where nobody retries, ``read_attempts`` is more than one: DynamoDB fails a call
    now and then (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html#Programming.Errors.RetryAndBackoff),
    and a visitor would be told that too many people are entering.
    """

    def __init__(self, client: Any, name: str, *, read_attempts: int = 1) -> None:
        self.client = client
        self.name = name
        self._read_attempts = read_attempts

    def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call the table.

        Raises:
            TryAgain: throttled, in conflict, or away.
            NoSuchTable: the name is wrong.
            ClientError: anything else, failed conditions included.
        """
        try:
            answer: dict[str, Any] = getattr(self.client, operation)(**arguments)
        except ClientError as exc:
            code = exc.response["Error"]["Code"]
            if code in _PASSING:
                raise TryAgain(code) from exc
            if code == _MISSING:
                raise NoSuchTable(self.name) from exc
            raise
        except BotoCoreError as exc:
            raise TryAgain(type(exc).__name__) from exc
        return answer

    def read(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call the table as :meth:`call` does, with full jitter again where that may help and a visitor waits."""
        begun = time.monotonic()
        for left in reversed(range(self._read_attempts)):
            try:
                return self.call(operation, TableName=self.name, **arguments)
            except TryAgain:
                if not left or time.monotonic() - begun > LAST_ATTEMPT_SECONDS:
                    raise
                time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS / left))  # noqa: S311
        raise AssertionError("unreachable")

    def call_if(self, operation: str, **arguments: Any) -> dict[str, Any] | None:
        """Call the table with a condition; return ``None`` where it does not hold."""
        try:
            return self.call(operation, TableName=self.name, **arguments)
        except ClientError as exc:
            if exc.response["Error"]["Code"] != _FAILED:
                raise
        return None

    def get(self, key: Item, *, consistent: bool = True) -> Item | None:
        """Read one item."""
        answer = self.read("get_item", Key=key, ConsistentRead=consistent)
        item: Item | None = answer.get("Item")
        return item

    def get_many(self, keys: Iterable[Item]) -> Iterator[Item]:
        """Read items by key, consistently, ``MOST_GETS`` in one call; absent ones are left out.

        Raises:
            TryAgain: the table is busy or away, or reads none of what is left.
        """
        source = iter(keys)
        waiting = list(islice(source, MOST_GETS))
        while waiting:
            request = {"Keys": waiting, "ConsistentRead": True}
            answer = self.call("batch_get_item", RequestItems={self.name: request})
            yield from answer["Responses"].get(self.name, ())
            left = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if len(left) == len(waiting):
                raise TryAgain("reads_left_over")
            waiting = [*left, *islice(source, MOST_GETS - len(left))]

    def pages(self, operation: str, **arguments: Any) -> Iterator[list[Item]]:
        """Read a query or scan to its end, one page (at most 1 MB) at a time."""
        begin: dict[str, Any] = {}
        while True:
            answer = self.read(operation, **arguments, **begin)
            yield answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            begin = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def group(
        self, submission_id: UUID, kind: str = "", *, consistent: bool = False
    ) -> Iterator[Item]:
        """Read the items of a submission: all, or those whose sort key begins with ``kind``."""
        condition, values = "pk = :pk", {":pk": {"S": group_of(submission_id)}}
        if kind:
            condition += " AND begins_with(sk, :sk)"
            values[":sk"] = {"S": kind}
        for page in self.pages(
            "query",
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=consistent,
        ):
            yield from page

    def put(self, item: Item) -> None:
        """Put an item in the place of whatever is there."""
        self.call("put_item", TableName=self.name, Item=item)

    def put_if_absent(self, item: Item) -> bool:
        """Put an item unless its key is taken; tell whether it was new."""
        is_absent = "attribute_not_exists(pk)"
        return self.call_if("put_item", Item=item, ConditionExpression=is_absent) is not None

    def transact(self, writes: Sequence[Write]) -> None:
        """Apply all writes or none. A single put or update goes as what it is, for half the price.

        Raises:
            Cancelled: conditions did not hold; it names their parts.
            InConflict: another transaction was at an item; it names the parts.
            TryAgain: the table was throttled or away.
            NoSuchTable: the name is wrong. Nothing was written.
            TooManyParts: more writes than a transaction takes. Nothing was sent.
        """
        if len(writes) > MOST_PARTS:
            raise TooManyParts([part for part, _ in writes])
        operations = [operation for _, operation in writes]
        for operation in operations:
            for inner in operation.values():
                inner.setdefault("TableName", self.name)
        try:
            if len(operations) == 1 and "Put" in operations[0]:
                self.client.put_item(**operations[0]["Put"])
            elif len(operations) == 1 and "Update" in operations[0]:
                self.client.update_item(**operations[0]["Update"])
            else:
                self.client.transact_write_items(TransactItems=operations)
        except ClientError as exc:
            if exc.response["Error"]["Code"] == _MISSING:
                raise NoSuchTable(self.name) from exc
            error = _named(exc, [part for part, _ in writes])
            if error is None:
                raise
            raise error from exc
        except BotoCoreError as exc:
            raise TryAgain(type(exc).__name__) from exc


def _named(exc: ClientError, parts: Sequence[Part]) -> Exception | None:
    """Return the error with the names of its parts; ``None`` for a bug of ours."""
    code = exc.response["Error"]["Code"]
    if code == _FAILED:
        return Cancelled(tuple(parts))
    if code == "TransactionConflictException":
        return InConflict(tuple(parts))
    if code in _PASSING:
        return TryAgain(code)
    if code != "TransactionCanceledException":
        return None
    # One reason for each write, in the order of the request.
    reasons = [reason.get("Code", "None") for reason in exc.response.get("CancellationReasons", [])]
    named = list(zip(parts, reasons, strict=False))
    refused = tuple(part for part, why in named if why == "ConditionalCheckFailed")
    in_conflict = tuple(part for part, why in named if why == "TransactionConflict")
    if in_conflict:
        return InConflict(in_conflict, refused=refused)
    if throttled := next((why for why in reasons if why in _PASSING), None):
        return TryAgain(throttled)
    return Cancelled(refused) if refused else None
