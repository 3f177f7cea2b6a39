"""The client below every item: one place that tells passing trouble from a condition and from a bug."""

from collections.abc import Iterator, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ingest_lambda.adapters.table.keys import Item
from ingest_lambda.errors import TryAgain

Operation = dict[str, dict[str, Any]]
"""One entry of ``TransactItems``, such as ``{"Put": {…}}``, without the table's name."""

_PASSING = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        # An emulator that lost its state gets its table again; on AWS nobody can drop it.
        "ResourceNotFoundException",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


class Cancelled(Exception):
    """A transaction's condition did not hold; ``failed`` are the places in its list, in order."""

    def __init__(self, failed: tuple[int, ...]) -> None:
        super().__init__(failed)
        self.failed = failed


class Store:
    """The table's client.

    SDK retries are off: a transaction that met a conflict is tried again by the
    writer, which knows what it may repeat; two layers of retries would multiply.
    """

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call the table.

        Raises:
            TryAgain: throttled, in conflict, or away.
            ClientError: anything else, conditions among it.
        """
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        except ClientError as exc:
            code = exc.response["Error"]["Code"]
            if code in _PASSING:
                raise TryAgain(code) from exc
            raise
        except BotoCoreError as exc:
            raise TryAgain(type(exc).__name__) from exc
        return answer

    def _get(self, key: Item, *, consistent: bool = True) -> Item | None:
        answer = self._call("get_item", TableName=self._name, Key=key, ConsistentRead=consistent)
        item: Item | None = answer.get("Item")
        return item

    def _pages(self, operation: str, **arguments: Any) -> Iterator[list[Item]]:
        """Read a query or scan to its end, one page (at most 1 MB) at a time."""
        begin: dict[str, Any] = {}
        while True:
            answer = self._call(operation, TableName=self._name, **arguments, **begin)
            yield answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            begin = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _transact(self, operations: Sequence[Operation]) -> None:
        """Do all or nothing; a single put goes as what it is, for half the price.

        Raises:
            Cancelled: conditions that did not hold, by their places.
            TryAgain: another transaction was at one of the items, or the table was busy.
        """
        for operation in operations:
            for inner in operation.values():
                inner["TableName"] = self._name
        try:
            if len(operations) == 1 and "Put" in operations[0]:
                self._call("put_item", **operations[0]["Put"])
            else:
                self._call("transact_write_items", TransactItems=list(operations))
        except ClientError as exc:
            code = exc.response["Error"]["Code"]
            if code == "ConditionalCheckFailedException":
                raise Cancelled((0,)) from exc
            if code != "TransactionCanceledException":
                raise
            codes = [why.get("Code") for why in exc.response.get("CancellationReasons", [])]
            if any(code in _PASSING for code in codes):
                raise TryAgain("TransactionConflict") from exc
            failed = tuple(n for n, code in enumerate(codes) if code == "ConditionalCheckFailed")
            if not failed:
                raise
            raise Cancelled(failed) from exc

    def _put_if_absent(self, item: Item) -> bool:
        """Put an item unless its key is taken; tell whether it was new."""
        try:
            self._transact(
                [{"Put": {"Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}]
            )
        except Cancelled:
            return False
        return True
