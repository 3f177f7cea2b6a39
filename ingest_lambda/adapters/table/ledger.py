"""The ledger's side of the table: what entered in an hour, everything there is, and taking it away."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ingest_lambda.adapters.table.keys import (
    HOUR_SHARDS,
    Item,
    guard_key,
    hour_key,
    mirrored_key,
)
from ingest_lambda.adapters.table.limits import LimitItems, Taken
from ingest_lambda.adapters.table.store import Store
from ingest_lambda.adapters.table.submissions import SubmissionItems
from ingest_lambda.adapters.table.transaction import Cancelled
from ingest_lambda.contract import (
    MIRRORED,
    ImageRecord,
    Mode,
    Record,
    SubmissionRecord,
    SubmissionStatus,
    shown_status,
)
from ingest_lambda.errors import TryAgain

_MOST_DELETES = 25
"""What one ``BatchWriteItem`` takes."""
_MOST_GETS = 100
"""What one ``BatchGetItem`` takes."""


@dataclass(frozen=True)
class LedgerLine:
    """One submission as the index by hour tells of it: enough to compare, nothing personal."""

    id: UUID
    entered_at: datetime
    version: int
    status: SubmissionStatus
    """The one that is shown: the last decision's, else the writer's."""
    decision_no: int
    attempt: int
    mode: Mode


@dataclass(frozen=True)
class ItemLine:
    """One item that the mirror takes, by name and version: enough to compare, nothing personal."""

    submission_id: UUID
    kind: str
    """The first word of its sort key, as ``MIRRORED`` has them."""
    name: str = ""
    """Of a photo the key of its upload, of a message its id, of an award its prize; else empty."""
    version: int = 1
    came_at: datetime | None = None
    """When it came into the table; an award does not say."""


class LedgerItems:
    """Reads in bulk for reconciling, export and backfill; deletes for test data and erasure."""

    def __init__(self, store: Store, submissions: SubmissionItems, limits: LimitItems) -> None:
        self._store = store
        self._submissions = submissions
        self._limits = limits

    def submissions_of_hour(self, campaign_id: str, hour: datetime) -> Iterator[LedgerLine]:
        """Yield every submission of a campaign that entered in the UTC hour of ``hour``.

        From the index, page by page and shard by shard, so in order of entry
        only within a shard. The index follows the table by a moment: ask about
        hours that are over. Live and test submissions have different campaign
        ids (a test release's manifest carries its own).

        Raises:
            TryAgain: the table is busy or away.
        """
        for shard in range(HOUR_SHARDS):
            pages = self._store.pages(
                "query",
                IndexName="by_hour",
                KeyConditionExpression="gsi1pk = :hour",
                ExpressionAttributeValues={":hour": {"S": hour_key(campaign_id, hour, shard)}},
            )
            for page in pages:
                yield from (_line(item) for item in page)

    def records_of(self, submission_id: UUID) -> tuple[Record, ...]:
        """Read all that the mirror takes of one submission: itself, images, messages, awards."""
        return tuple(
            record
            for item in self._store.group(submission_id, consistent=True)
            if (record := _record_of(item)) is not None
        )

    def all_records(self, *, segment: int = 0, segments: int = 1) -> Iterator[Record]:
        """Yield every record that the mirror takes, of every campaign, in no order.

        One pass over the whole table, read consistently: what was written before
        the call is in it. ``segments`` callers may share the work, each with its
        own ``segment``.

        Raises:
            TryAgain: the table is busy or away; start over, since applying a record twice changes nothing.
        """
        for page in self._store.pages(
            "scan",
            ConsistentRead=True,
            Segment=segment,
            TotalSegments=segments,
            FilterExpression="begins_with(pk, :group)",
            ExpressionAttributeValues={":group": {"S": "SUBMISSION#"}},
        ):
            for item in page:
                if (record := _record_of(item)) is not None:
                    yield record

    def records_after(self, position: str = "", *, most: int = 200) -> tuple[list[Record], str]:
        """Read on in the whole table from ``position``, whole records; positions as :meth:`items_after`.

        Read consistently: what was written before the call, and lies behind the position, is in it.

        Raises:
            TryAgain: the table is busy or away; ask again from the same position.
        """
        begin = {"ExclusiveStartKey": json.loads(position)} if position else {}
        answer = self._store.call(
            "scan",
            TableName=self._store.name,
            Limit=most,
            ConsistentRead=True,
            FilterExpression="begins_with(pk, :group)",
            ExpressionAttributeValues={":group": {"S": "SUBMISSION#"}},
            **begin,
        )
        records = [one for item in answer["Items"] if (one := _record_of(item)) is not None]
        after = answer.get("LastEvaluatedKey")
        return records, json.dumps(after) if after else ""

    def items_after(self, position: str = "", *, most: int = 1000) -> tuple[list[ItemLine], str]:
        """Read on in the whole table from ``position``; return a page and the position behind it.

        Both are empty at the beginning and at the end. Of every item only its
        name and version are sent, and the order is the table's own, so a reader
        may go on hours later: an item that is added before its position is read
        in the next round. Read without consistency, for half the price.

        Raises:
            TryAgain: the table is busy or away; ask again from the same position.
        """
        begin = {"ExclusiveStartKey": json.loads(position)} if position else {}
        answer = self._store.call(
            "scan",
            TableName=self._store.name,
            Limit=most,
            FilterExpression="begins_with(pk, :group)",
            ProjectionExpression="pk, sk, #key, #version, written_at, checked_at",
            ExpressionAttributeNames={"#key": "key", "#version": "version"},
            ExpressionAttributeValues={":group": {"S": "SUBMISSION#"}},
            **begin,
        )
        lines = [line for item in answer["Items"] if (line := _item_line(item)) is not None]
        after = answer.get("LastEvaluatedKey")
        return lines, json.dumps(after) if after else ""

    def absent_items(self, lines: Collection[ItemLine]) -> list[ItemLine]:
        """Return those of ``lines`` that the table does not have, or in an older version.

        Raises:
            TryAgain: the table is busy or away.
        """
        keys = {
            (key["pk"]["S"], key["sk"]["S"]): line
            for line in lines
            for key in [mirrored_key(line.submission_id, line.kind, line.name)]
        }
        waiting: list[Any] = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
        while waiting:
            asked, waiting = waiting[:_MOST_GETS], waiting[_MOST_GETS:]
            request = {
                "Keys": asked,
                "ProjectionExpression": "pk, sk, #version",
                "ExpressionAttributeNames": {"#version": "version"},
                "ConsistentRead": True,
            }
            answer = self._store.call("batch_get_item", RequestItems={self._store.name: request})
            left = answer.get("UnprocessedKeys", {}).get(self._store.name, {}).get("Keys", [])
            if len(left) == len(asked):
                raise TryAgain("reads_left_over")
            waiting += left
            for item in answer["Responses"].get(self._store.name, ()):
                found = (item["pk"]["S"], item["sk"]["S"])
                if int(item["version"]["N"]) >= keys[found].version:
                    del keys[found]
        return list(keys.values())

    def delete_submission(self, submission_id: UUID, *, gives_back: bool = False) -> int:
        """Delete a submission's whole group of items; return how many there were.

        The same twice changes nothing. Counters and guards hold no personal
        data and stay, as an erased entry must not free its receipt for another;
        with ``gives_back``, for test data, they become free first, in one
        transaction with the submission's own lists of them.

        Raises:
            TryAgain: the table is busy, or another writer stored a version.
        """
        items = list(self._store.group(submission_id, consistent=True))
        if gives_back:
            self._free(items)
        for begin in range(0, len(items), _MOST_DELETES):
            self._delete(items[begin : begin + _MOST_DELETES])
        return len(items)

    def _free(self, items: list[Item]) -> None:
        records = [_record_of(item) for item in items]
        stored = next((r for r in records if isinstance(r, SubmissionRecord)), None)
        if stored is None:
            return
        try:
            if held := Taken(stored.limits_taken, stored.guards_taken):
                changes = {"limits_taken": (), "guards_taken": (), "version": stored.version + 1}
                self._submissions.replace(stored.model_copy(update=changes), gives_back=held)
            files = {f"file:{r.sha256}" for r in records if isinstance(r, ImageRecord)}
            for guard in sorted(files):
                item = self._store.get(guard_key(stored.campaign_id, guard))
                if item and item["submission_id"]["S"] == str(stored.id):
                    held = Taken(guards=(guard,))
                    self._store.transact(
                        self._limits.gives_back(stored.campaign_id, stored.id, held)
                    )
        except Cancelled as exc:
            raise TryAgain("version_moved") from exc

    def _delete(self, items: list[Item]) -> None:
        waiting: list[Any] = [
            {"DeleteRequest": {"Key": {"pk": item["pk"], "sk": item["sk"]}}} for item in items
        ]
        for _ in range(5):
            answer = self._store.call("batch_write_item", RequestItems={self._store.name: waiting})
            waiting = answer.get("UnprocessedItems", {}).get(self._store.name, [])
            if not waiting:
                return
        raise TryAgain("deletes_left_over")


def _record_of(item: Item) -> Record | None:
    kind = MIRRORED.get(str(item["sk"]["S"]).split("#", 1)[0])
    return kind.from_attributes(item) if kind else None


def _item_line(item: Item) -> ItemLine | None:
    kind, _, name = item["sk"]["S"].partition("#")
    if kind not in MIRRORED:
        return None
    came_at = item.get("checked_at") or item.get("written_at")
    return ItemLine(
        submission_id=UUID(item["pk"]["S"].partition("#")[2]),
        kind=kind,
        name=item["key"]["S"] if kind == "IMAGE" else name,
        version=int(item["version"]["N"]),
        came_at=datetime.fromisoformat(came_at["S"]) if came_at else None,
    )


def _line(item: Item) -> LedgerLine:
    entered_at, _, submission_id = item["gsi1sk"]["S"].partition("#")
    decision = item.get("decision_status")
    attempt = int(item["attempt"]["N"])
    return LedgerLine(
        id=UUID(submission_id),
        entered_at=datetime.fromisoformat(entered_at),
        version=int(item["version"]["N"]),
        status=shown_status(
            SubmissionStatus(item["status"]["S"]),
            SubmissionStatus(decision["S"]) if decision else None,
            attempt=attempt,
            decided_attempt=int(item["decided_attempt"]["N"]),
        ),
        decision_no=int(item["decision_no"]["N"]),
        attempt=attempt,
        mode=Mode(item["mode"]["S"]),
    )
