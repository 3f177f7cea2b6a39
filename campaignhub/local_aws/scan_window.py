"""A page of a scan, or of an index, read from where it begins: the whole costs what there is, not its square.

Loaded by ``emulator.py`` into the emulator's process; it may import nothing of
ours. The emulator puts the whole table into order for each page, and throws away
what lies before the page: 250,000 items in pages of a thousand are ordered 250 times.
Here the order of the partition keys is kept for as long as it is true, or for some
seconds, and the emulator is shown the part of the table from the page's beginning on.

What is written while a scan is under way may be missing from it, as on AWS; what was
written before it began is in it. The same holds for a query of one whole partition of an
index, of which the emulator orders and tests every item for each page. Of a partition of
the table itself it is shown only as many as the page may hold, and misses none.
"""

import json
import re
import time
from bisect import bisect_left
from heapq import nsmallest
from typing import Any

from ministack.services import dynamodb

MOST_ITEMS = 3_000
"""Shown at once where no ``Limit`` is given; a page ends at a megabyte."""
ORDER_SECONDS = 5.0

Answer = tuple[int, dict[str, str], bytes]


class _Tables:
    """The emulator's tables, of which one has only a part of its items."""

    def __init__(self, tables: Any, name: str, part: dict[str, Any]) -> None:
        self._tables = tables
        self._name = name
        self._part = part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tables, name)

    def get(self, name: str, default: Any = None) -> Any:
        return self._part if name == self._name else self._tables.get(name, default)


def scan(data: dict[str, Any]) -> Answer:
    """Answer a scan of a table from a part of it; one of an index as the emulator does."""
    name = dynamodb._normalize_table_name(data.get("TableName"))
    tables = dynamodb._tables
    table = tables.get(name) if isinstance(name, str) else None
    if not table or data.get("IndexName") or not _is_count(data.get("Limit", 1)):
        answer: Answer = _scan(data)
        return answer
    start = data.get("ExclusiveStartKey") or {}
    begin = dynamodb._extract_key_val(start.get(table["pk_name"], {})) if start else ""
    part, is_last = _part(table, begin, is_first=not start, limit=data.get("Limit"))
    dynamodb._tables = _Tables(tables, name, {**table, "items": part})
    try:
        answer = _scan(data)
    finally:
        dynamodb._tables = tables
    return answer if is_last or not part else _with_position(answer, table, part)


def _is_count(limit: Any) -> bool:
    return isinstance(limit, int) and limit > 0


def _part(
    table: dict[str, Any], begin: str, *, is_first: bool, limit: int | None
) -> tuple[dict[str, Any], bool]:
    """Return the groups of items from a key on that a page may need, and whether they are all there are."""
    keys = _order(table, is_first=is_first)
    part: dict[str, Any] = {}
    most, count = limit or MOST_ITEMS, 0
    for place in range(bisect_left(keys, begin), len(keys)):
        key = keys[place]
        group = table["items"].get(key)
        if group:
            part[key] = group
            # Of the first group some may lie before the page.
            count += len(group) if key != begin else 0
        if count > most:
            return part, place + 1 == len(keys)
    return part, True


def _order(table: dict[str, Any], *, is_first: bool) -> list[str]:
    """Return the partition keys in order; anew at the beginning of a scan, and where they may have changed."""
    kept = _orders.get(id(table["items"]))
    now = time.monotonic()
    if kept is None or is_first or now - kept[0] > ORDER_SECONDS:
        kept = (now, sorted(table["items"]))
        _orders.clear()  # of a table that was dropped, too
        _orders[id(table["items"])] = kept
    return kept[1]


def _with_position(answer: Answer, table: dict[str, Any], part: dict[str, Any]) -> Answer:
    """Add where to go on to a page that ended only because the part did."""
    status, headers, content = answer
    page = json.loads(content)
    if status != 200 or "LastEvaluatedKey" in page:
        return answer
    group = part[max(part)]
    last = group[max(group)]
    page["LastEvaluatedKey"] = dynamodb._build_key(last, table["pk_name"], table["sk_name"])
    return status, headers, json.dumps(page).encode()


def query(data: dict[str, Any]) -> Answer:
    """Answer a query of a partition from a part of it, where its order is the keys'; any other as the emulator does."""
    if not data.get("IndexName"):
        return _of_table(data)
    asked = _WHOLE_PARTITION.fullmatch(data.get("KeyConditionExpression") or "")
    name = dynamodb._normalize_table_name(data.get("TableName"))
    tables, index = dynamodb._tables, data.get("IndexName")
    table = tables.get(name) if isinstance(name, str) else None
    if not (table and index and asked and data.get("ScanIndexForward", True)):
        return _as_it_does(data)
    members = dynamodb._index_members(table).get(index) or {}
    value = data.get("ExpressionAttributeValues", {}).get(asked[1], {}).get("S")
    partition = members.get(value, {})
    if len(partition) <= MOST_ITEMS:
        return _as_it_does(data)
    order = _order_of_partition(table, index, value, partition, data.get("ExclusiveStartKey"))
    begin = 0
    if start := data.get("ExclusiveStartKey"):
        begin = bisect_left(order, _place(table, index, start), key=_first)
    shown = [keys for _, keys in order[begin : begin + MOST_ITEMS] if _held(table, keys)]
    part = {**table, dynamodb._INDEX_MEMBERS: {index: {value: dict.fromkeys(shown)}}}
    dynamodb._tables = _Tables(tables, name, part)
    try:
        answer = _as_it_does(data)
    finally:
        dynamodb._tables = tables
    is_last = begin + MOST_ITEMS >= len(order)
    return answer if is_last or not shown else _with_place(answer, table, index, shown[-1])


def _of_table(data: dict[str, Any]) -> Answer:
    """Answer a query of a partition of the table from the items that its page may hold."""
    asked = _BEHIND.fullmatch(data.get("KeyConditionExpression") or "")
    name = dynamodb._normalize_table_name(data.get("TableName"))
    tables = dynamodb._tables
    limit: Any = data.get("Limit")
    table = tables.get(name) if isinstance(name, str) else None
    if not (table and asked and _is_count(limit) and data.get("ScanIndexForward", True)):
        return _as_it_does(data)
    values = data.get("ExpressionAttributeValues", {})
    key = values.get(asked["pk"], {}).get("S")
    behind = values.get(asked["sk"], {"S": ""}).get("S")
    start = (data.get("ExclusiveStartKey") or {}).get("sk", {"S": ""}).get("S")
    partition = table["items"].get(key, {})
    is_text = dynamodb._get_attr_type(table, "sk") == "S" and behind is not None
    if not is_text or start is None or len(partition) <= limit:
        return _as_it_does(data)
    # The one behind which to begin may be there too.
    first = max(behind, start)
    page = nsmallest(limit + 1, (place for place in partition if place >= first))
    part = {**table, "items": {key: {place: partition[place] for place in page}}}
    dynamodb._tables = _Tables(tables, name, part)
    try:
        return _as_it_does(data)
    finally:
        dynamodb._tables = tables


def _as_it_does(data: dict[str, Any]) -> Answer:
    answer: Answer = _query(data)
    return answer


def _first(place: tuple[Any, Any]) -> Any:
    return place[0]


def _held(table: dict[str, Any], keys: tuple[str, str]) -> Any:
    return table["items"].get(keys[0], {}).get(keys[1])


def _place(table: dict[str, Any], index: str, item: dict[str, Any]) -> tuple[Any, ...]:
    """Return by what the emulator puts the items of an index into order."""
    ranges = dynamodb._index_key_lists(dynamodb._index_def(table, index))[1]
    order = dynamodb._index_order_keys(table, ranges)
    return tuple(dynamodb._index_order_value(item, name, kind) for name, kind in order)


def _order_of_partition(
    table: dict[str, Any], index: str, value: str, partition: dict[Any, None], start: Any
) -> list[tuple[Any, tuple[str, str]]]:
    """Return a partition's items in order; anew at the beginning of a query, and where it may have changed."""
    kept = _partitions.get((id(table["items"]), index, value))
    now = time.monotonic()
    if kept is None or not start or now - kept[0] > ORDER_SECONDS:
        found = [(keys, _held(table, keys)) for keys in partition]
        kept = (now, sorted((_place(table, index, item), keys) for keys, item in found if item))
        _partitions.clear()
        _partitions[(id(table["items"]), index, value)] = kept
    return kept[1]


def _with_place(answer: Answer, table: dict[str, Any], index: str, last: tuple[str, str]) -> Answer:
    """Add where to go on to a page that ended only because the part did."""
    status, headers, content = answer
    page = json.loads(content)
    if status != 200 or "LastEvaluatedKey" in page:
        return answer
    item = _held(table, last)
    hashes, ranges = dynamodb._index_key_lists(dynamodb._index_def(table, index))
    page["LastEvaluatedKey"] = dynamodb._build_key(item, table["pk_name"], table["sk_name"])
    page["LastEvaluatedKey"] |= {name: item[name] for name in hashes + ranges}
    return status, headers, json.dumps(page).encode()


_WHOLE_PARTITION = re.compile(r"\s*[#\w]+\s*=\s*(:\w+)\s*")
_BEHIND = re.compile(r"pk = (?P<pk>:\w+)(?: AND sk > (?P<sk>:\w+))?")
"""As our adapters ask."""
_orders: dict[int, tuple[float, list[str]]] = {}
_partitions: dict[tuple[int, str, str], tuple[float, list[tuple[Any, tuple[str, str]]]]] = {}
_scan, _query = dynamodb._scan, dynamodb._query


def quicken() -> None:
    """Put it into the emulator."""
    dynamodb._scan = scan
    dynamodb._query = query
