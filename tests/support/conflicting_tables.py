"""Tables of DynamoDB in this process, whose transactions meet each other as on AWS.

The emulator answers one call after the other and so never says TransactionConflict.
Here a transaction holds its items for as long as it is in flight, another one on any
of them is cancelled with that reason, and so is a single write. Conditions, updates
and queries are those that our adapters write; another expression is an error.
"""

# ruff: noqa: N803 - the names of arguments are the service's own

import random
import time
from collections import Counter
from collections.abc import Callable, Collection
from copy import deepcopy
from threading import Lock, get_ident
from typing import Any

from botocore.exceptions import ClientError

from tests.support.expressions import Item, holds, updated

Key = tuple[str, str, str]


class Crash(BaseException):
    """The process ends here: no call of its thread reaches the tables any more, until it is started again."""


class ConflictingTables:
    """A client of DynamoDB, as far as our adapters use one.

    ``seconds`` is how long each call takes, as a function of nothing. ``after`` is
    called with the number of each call once it has been done: to crash there.
    """

    def __init__(
        self,
        *,
        seconds: Callable[[], float] = lambda: 0.0,
        rng: random.Random | None = None,
        after: Callable[[int], None] = lambda _number: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.tables: dict[str, dict[str, dict[str, Item]]] = {}
        self.calls: Counter[str] = Counter()
        self.cancelled = 0
        """How many transactions were refused, for whatever reason."""
        self.seconds = seconds
        self.after = after
        self._sleep = sleep
        self.rng = rng or random.Random()
        self.on_commit: Callable[[list[tuple[Key, Item | None]]], None] = lambda _changes: None
        self.meets: Callable[[list[Key]], Collection[Key]] = lambda _keys: ()
        """Says of a transaction's items which another one is at: for conflicts on purpose."""
        self._held: set[Key] = set()
        self._lock = Lock()
        self._done = 0
        self._crashed: set[int] = set()

    def started_again(self) -> None:
        """Take calls of this thread again, after a crash."""
        self._crashed.discard(get_ident())

    # What our adapters call.

    def get_item(self, *, TableName: str, Key: Item, **_more: Any) -> Any:
        def read() -> Any:
            item = self._get(_key(TableName, Key))
            return {"Item": deepcopy(item)} if item else {}

        return self._call("get_item", read)

    def put_item(self, *, TableName: str, Item: Item, **more: Any) -> Any:
        return self._single("put_item", "Put", {"TableName": TableName, "Item": Item, **more})

    def delete_item(self, *, TableName: str, Key: Item, **more: Any) -> Any:
        return self._single("delete_item", "Delete", {"TableName": TableName, "Key": Key, **more})

    def update_item(self, *, TableName: str, Key: Item, **more: Any) -> Any:
        update = {"TableName": TableName, "Key": Key, **more}
        return self._single("update_item", "Update", update)

    def query(
        self,
        *,
        TableName: str,
        KeyConditionExpression: str,
        ExpressionAttributeValues: Item,
        Limit: int = 1_000_000,
        Select: str = "",
        ExclusiveStartKey: Item | None = None,
        **_more: Any,
    ) -> Any:
        def read() -> Any:
            pk = ExpressionAttributeValues[":pk"]["S"]
            group = self.tables.get(TableName, {}).get(pk, {})
            begin = ExclusiveStartKey["sk"]["S"] if ExclusiveStartKey else ""
            found = [
                group[sk]
                for sk in sorted(group)
                if sk > begin
                and holds(KeyConditionExpression, group[sk], ExpressionAttributeValues, {})
            ]
            answer: Item = {"Items": deepcopy(found[:Limit]), "Count": len(found[:Limit])}
            if len(found) > Limit:
                answer["LastEvaluatedKey"] = _of(found[Limit - 1])
            return answer

        return self._call("query", read)

    def scan(self, *, TableName: str, **_more: Any) -> Any:
        def read() -> Any:
            groups = self.tables.get(TableName, {}).values()
            return {"Items": [deepcopy(item) for group in groups for item in group.values()]}

        return self._call("scan", read)

    def batch_get_item(self, *, RequestItems: Item) -> Any:
        def read() -> Any:
            return {
                "Responses": {
                    table: [
                        deepcopy(item)
                        for key in request["Keys"]
                        if (item := self._get(_key(table, key)))
                    ]
                    for table, request in RequestItems.items()
                }
            }

        return self._call("batch_get_item", read)

    def batch_write_item(self, *, RequestItems: Item) -> Any:
        def write() -> Any:
            for table, requests in RequestItems.items():
                for request in requests:
                    if "PutRequest" in request:
                        item = request["PutRequest"]["Item"]
                        self._set(_key(table, item), item)
                    else:
                        self._set(_key(table, request["DeleteRequest"]["Key"]), None)
            return {}

        return self._call("batch_write_item", write)

    def transact_write_items(self, *, TransactItems: list[Item]) -> Any:
        writes = [next(iter(item.items())) for item in TransactItems]
        keys = [_key(inner["TableName"], inner.get("Item") or inner["Key"]) for _, inner in writes]
        assert len(set(keys)) == len(keys), "a transaction names an item twice"

        def begin() -> None:
            met = self.meets(keys)
            conflicts = [key in self._held or key in met for key in keys]
            refused = [
                not self._allows(inner, key) for (_, inner), key in zip(writes, keys, strict=True)
            ]
            if any(conflicts) or any(refused):
                self.cancelled += 1
                raise _cancelled(conflicts, refused)
            self._held.update(keys)

        def end() -> None:
            changes = []
            for (kind, inner), key in zip(writes, keys, strict=True):
                if kind != "ConditionCheck":
                    after = self._after(kind, inner, key)
                    self._set(key, after)
                    changes.append((key, after))
            self.on_commit(changes)

        self._flight("transact_write_items", keys, begin, end)
        return {}

    # How.

    def _single(self, operation: str, kind: str, inner: Item) -> Any:
        key = _key(inner["TableName"], inner.get("Item") or inner["Key"])

        def write() -> Any:
            if key in self._held:
                raise _error("TransactionConflictException", operation)
            if not self._allows(inner, key):
                raise _error("ConditionalCheckFailedException", operation)
            after = self._after(kind, inner, key)
            self._set(key, after)
            self.on_commit([(key, after)])
            return {"Attributes": deepcopy(after)} if kind == "Update" else {}

        return self._call(operation, write)

    def _call(self, operation: str, work: Callable[[], Any]) -> Any:
        self._begin()
        self._sleep(self.seconds())
        with self._lock:
            self.calls[operation] += 1
            answer = work()
            self._done += 1
            number = self._done
        self._end(number)
        return answer

    def _begin(self) -> None:
        if get_ident() in self._crashed:
            raise Crash

    def _end(self, number: int) -> None:
        try:
            self.after(number)
        except Crash:
            self._crashed.add(get_ident())
            raise

    def _flight(
        self,
        operation: str,
        keys: list[Key],
        begin: Callable[[], None],
        end: Callable[[], None],
    ) -> None:
        self._begin()
        with self._lock:
            self.calls[operation] += 1
            begin()
        self._sleep(self.seconds())
        with self._lock:
            end()
            self._held.difference_update(keys)
            self._done += 1
            number = self._done
        self._end(number)

    def _get(self, key: Key) -> Item | None:
        table, pk, sk = key
        return self.tables.get(table, {}).get(pk, {}).get(sk)

    def _set(self, key: Key, item: Item | None) -> None:
        table, pk, sk = key
        group = self.tables.setdefault(table, {}).setdefault(pk, {})
        if item is None:
            group.pop(sk, None)
        else:
            group[sk] = deepcopy(item)

    def _allows(self, inner: Item, key: Key) -> bool:
        return "ConditionExpression" not in inner or holds(
            inner["ConditionExpression"],
            self._get(key) or {},
            inner.get("ExpressionAttributeValues", {}),
            inner.get("ExpressionAttributeNames", {}),
        )

    def _after(self, kind: str, inner: Item, key: Key) -> Item | None:
        if kind == "Put":
            return dict(inner["Item"])
        if kind == "Delete":
            return None
        return updated(
            self._get(key) or _of(inner["Key"]),
            inner["UpdateExpression"],
            inner.get("ExpressionAttributeValues", {}),
            inner.get("ExpressionAttributeNames", {}),
        )


def _of(item: Item) -> Item:
    return {"pk": item["pk"], "sk": item["sk"]}


def _key(table: str, item: Item) -> Key:
    return table, item["pk"]["S"], item["sk"]["S"]


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


def _cancelled(conflicts: list[bool], refused: list[bool]) -> ClientError:
    reasons = [
        {"Code": "TransactionConflict" if c else "ConditionalCheckFailed" if r else "None"}
        for c, r in zip(conflicts, refused, strict=True)
    ]
    code = "TransactionCanceledException"
    answer: Any = {"Error": {"Code": code, "Message": code}, "CancellationReasons": reasons}
    return ClientError(answer, "TransactWriteItems")
