"""A page of a scan read from where it begins, so that a scan costs what the table holds, not its square.

Loaded by ``emulator.py`` into the emulator's process; it may import nothing of
ours. The emulator puts the whole table into order for each page, and throws away
what lies before the page: 250,000 items in pages of a thousand are ordered 250 times.
Here the order of the partition keys is kept for as long as it is true, or for some
seconds, and the emulator is shown the part of the table from the page's beginning on.

What is written while a scan is under way may be missing from it, as on AWS; what was
written before it began is in it.
"""

import json
import time
from bisect import bisect_left
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


_orders: dict[int, tuple[float, list[str]]] = {}
_scan = dynamodb._scan


def quicken() -> None:
    """Put it into the emulator."""
    dynamodb._scan = scan
