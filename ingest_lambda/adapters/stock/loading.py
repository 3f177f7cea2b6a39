"""Writing many items at once, as imports do: bounded batches by a few threads, and what is left over again."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from ingest_lambda.adapters.table import Item, Store
from ingest_lambda.errors import TryAgain

_MOST_PUTS = 25
"""What one ``BatchWriteItem`` takes."""
_TRIES = 5
_THREADS = 4
_IN_FLIGHT = 8
"""Batches that are kept in memory at once."""


def put_all(store: Store, items: Iterable[Item]) -> int:
    """Put items in the place of whatever is there; return how many. Again is harmless.

    Raises:
        TryAgain: the table is busy or away; some may have been put.
    """
    put = 0
    with ThreadPoolExecutor(max_workers=_THREADS) as pool:
        batches = _batches(items)
        while several := list(islice(batches, _IN_FLIGHT)):
            list(pool.map(lambda batch: _put(store, batch), several))
            put += sum(map(len, several))
    return put


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    source = iter(items)
    while batch := list(islice(source, _MOST_PUTS)):
        yield batch


def _put(store: Store, batch: list[Item]) -> None:
    waiting: list[Any] = [{"PutRequest": {"Item": item}} for item in batch]
    for _ in range(_TRIES):
        answer = store.call("batch_write_item", RequestItems={store.name: waiting})
        waiting = answer.get("UnprocessedItems", {}).get(store.name, [])
        if not waiting:
            return
    raise TryAgain("puts_left_over")
