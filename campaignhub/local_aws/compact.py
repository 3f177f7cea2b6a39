"""What the table keeps of every write, kept small: items, the stream's records, the tokens of transactions.

Loaded by ``emulator.py`` into the emulator's process; it may import nothing of ours. The
emulator keeps what it has parsed: of each submission some fifty attributes, each a dictionary
and a name of its own; five records of the stream for a day; its transactions whole for ten
minutes. Here equal names and equal short values are one object, a record is put together
when it is read, and of a transaction the digest is kept. It answers the same.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

from ministack.services import dynamodb

LONGEST_SHARED = 64
"""Characters; what is longer is hardly ever there twice."""
MOST_SHARED = 50_000
"""Values that are remembered; beyond it they are forgotten, so that those of one submission do not stay for ever."""

Item = dict[str, Any]


def compact(item: Item) -> None:
    """Let an item share its names, and its short values, with all other items.

    Sharing is safe because the emulator changes no value in its place: it changes a copy.
    """
    pairs = [(sys.intern(name), _shared(value)) for name, value in item.items()]
    item.clear()
    item.update(pairs)


def _shared(value: Any) -> Any:
    if type(value) is not dict or len(value) != 1:
        return value
    ((kind, held),) = value.items()
    if type(held) not in (str, bool) or (type(held) is str and len(held) > LONGEST_SHARED):
        return value
    if len(_values) >= MOST_SHARED:
        _values.clear()
    return _values.setdefault((kind, held), value)


class Records(list[Any]):
    """A stream's records: each a few values, from which it is put together when it is read."""

    def append(self, record: Item) -> None:
        """Keep a record."""
        change = record["dynamodb"]
        rest = {name: change[name] for name in _IMAGES if name in change}
        super().append(
            (
                sys.intern(record["eventName"]),
                sys.intern(record["awsRegion"]),
                sys.intern(record["eventSourceARN"]),
                sys.intern(change["StreamViewType"]),
                record["eventID"],
                change["ApproximateCreationDateTime"],
                change["SequenceNumber"],
                change["Keys"],
                *(rest.get(name) for name in _IMAGES),
            )
        )

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return [_whole(one) for one in found] if isinstance(place, slice) else _whole(found)

    def __iter__(self) -> Iterator[Any]:
        return map(_whole, super().__iter__())


_IMAGES = ("OldImage", "NewImage")


def _whole(kept: tuple[Any, ...]) -> Item:
    name, region, source, view, event_id, created, number, keys, old, new = kept
    images = zip(_IMAGES, (old, new), strict=True)
    return {
        "eventID": event_id,
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": region,
        "dynamodb": {
            "ApproximateCreationDateTime": created,
            "Keys": keys,
            "SequenceNumber": number,
            "SizeBytes": 0,
            "StreamViewType": view,
            **{which: image for which, image in images if image},
        },
        "eventSourceARN": source,
    }


class Signature:
    """A transaction's content by its digest, equal to the content itself."""

    def __init__(self, content: Item) -> None:
        self._digest = _digest(content)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and self._digest == _digest(other)

    __hash__ = None  # type: ignore[assignment]


def _digest(content: Item) -> bytes:
    return hashlib.blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=16).digest()


def set_item(table: Item, pk: str, sk: str, item: Item) -> Any:
    """Store an item, made compact."""
    compact(item)
    return _set_item(table, pk, sk, item)


def emit(name: str, *arguments: Any, **more: Any) -> None:
    """Note a change in the table's stream, whose records are compact."""
    table = dynamodb._tables.get(name) or {}
    is_on = (table.get("StreamSpecification") or {}).get("StreamEnabled")
    if is_on and name not in dynamodb._stream_records:
        dynamodb._stream_records[name] = Records()
    _emit(name, *arguments, **more)


def store_token(token: str, done: Item) -> None:
    """Remember a transaction by its token, and its content by the digest."""
    _store_token(token, {**done, "signature": Signature(done["signature"])})


_values: dict[tuple[str, Any], Item] = {}
_set_item, _emit = dynamodb._set_item, dynamodb._emit_stream_event
_store_token = dynamodb._txn_token_store


def quicken() -> None:
    """Put it into the emulator."""
    dynamodb._set_item = set_item
    dynamodb._emit_stream_event = emit
    dynamodb._txn_token_store = store_token
