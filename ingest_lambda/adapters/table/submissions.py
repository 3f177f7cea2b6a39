"""Submissions and what their entrants get and say later: awards, messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ingest_lambda.adapters.table.keys import (
    HOUR_SHARDS,
    Item,
    attributes_of,
    group_of,
    held_key,
    held_pk,
    message_key,
    mirrored_key,
    submission_item,
    submission_key,
)
from ingest_lambda.adapters.table.limits import NOTHING, LimitItems, LimitUse, Taken
from ingest_lambda.adapters.table.store import Store
from ingest_lambda.adapters.table.transaction import (
    SUBMISSION,
    Operation,
    Part,
    PartKind,
    Write,
)
from ingest_lambda.contract import (
    AwardRecord,
    MessageRecord,
    SubmissionRecord,
    UnreadableItem,
)


@dataclass(frozen=True)
class HeldItem:
    """A submission that waits to be offered prizes, and where that is noted."""

    pk: str
    sk: str
    submission_id: UUID


def award_part(prize: str) -> Part:
    """Return the part of a transaction that writes an award."""
    return Part(PartKind.AWARD, prize)


class SubmissionItems:
    """Submissions, written in one transaction with the limits and guards that they take."""

    def __init__(self, store: Store, limits: LimitItems) -> None:
        self._store = store
        self._limits = limits

    def get(self, submission_id: UUID) -> SubmissionRecord | None:
        """Read a submission as it stands now."""
        item = self._store.get(submission_key(submission_id))
        return SubmissionRecord.from_attributes(item) if item else None

    def awards(self, submission_id: UUID) -> tuple[AwardRecord, ...]:
        """Read the awards of a submission."""
        items = self._store.group(submission_id, "AWARD#", consistent=True)
        return tuple(map(AwardRecord.from_attributes, items))

    def create(
        self,
        record: SubmissionRecord,
        *,
        uses: Sequence[LimitUse] = (),
        guards: Sequence[str] = (),
        beside: Sequence[Write] = (),
    ) -> None:
        """Store a submission with the limits and guards it takes, all or nothing.

        ``beside`` are writes of awards, in the same transaction.

        Raises:
            Cancelled: it names ``SUBMISSION`` where the submission is there already,
                ``LimitUse.part`` of a use without room, ``guard_part`` of a guard
                that is another's.
            InConflict, TryAgain, TooManyParts: as :meth:`Store.transact`.
        """
        put: Operation = {
            "Put": {
                "Item": submission_item(record),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        taken = self._limits.takes(record.campaign_id, record.id, uses, guards)
        self._store.transact([(SUBMISSION, put), *taken, *beside])

    def replace(
        self,
        record: SubmissionRecord,
        *,
        uses: Sequence[LimitUse] = (),
        guards: Sequence[str] = (),
        gives_back: Taken = NOTHING,
        beside: Sequence[Write] = (),
    ) -> None:
        """Store the next version of a submission, unless another writer has stored one since.

        With ``gives_back``, counters go down and guards are deleted in the same
        transaction that takes them out of the submission's own lists, so that a
        second delivery gives nothing back.

        Raises:
            Cancelled: as :meth:`create`; ``SUBMISSION`` means that the version has
                moved on.
            InConflict, TryAgain, TooManyParts: as :meth:`Store.transact`.
        """
        put: Operation = {
            "Put": {
                "Item": submission_item(record),
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": {"N": str(record.version - 1)}},
            }
        }
        self._store.transact(
            [
                (SUBMISSION, put),
                *self._limits.takes(record.campaign_id, record.id, uses, guards),
                *self._limits.gives_back(record.campaign_id, record.id, gives_back),
                *beside,
            ]
        )

    def put_back(
        self,
        record: SubmissionRecord,
        *,
        over: int | None,
        uses: Sequence[LimitUse] = (),
        guards: Sequence[str] = (),
    ) -> None:
        """Store a submission as it is known elsewhere, over the version ``over`` or where there is none.

        Raises:
            Cancelled: as :meth:`create`; ``SUBMISSION`` means that the version has moved on.
            InConflict, TryAgain, TooManyParts: as :meth:`Store.transact`.
        """
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if over is not None:
            condition = {
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": {"N": str(over)}},
            }
        put: Operation = {"Put": {"Item": submission_item(record), **condition}}
        taken = self._limits.takes(record.campaign_id, record.id, uses, guards)
        self._store.transact([(SUBMISSION, put), *taken])

    def mend(self, record: SubmissionRecord) -> tuple[str, ...]:
        """Give a stored submission those of its attributes that can't be read as ``record`` has them; name them.

        All others stay, also those that nothing but the table knows. Nothing is done to one
        that can be read, or to a version that ``record`` is not.

        Raises:
            Cancelled: the stored version is another.
            UnreadableItem: ``record`` can't help.
        """
        item, mended = self._store.get(submission_key(record.id)), list[str]()
        ours = record.to_attributes()
        while item is not None and (broken := _unreadable(item)):
            if set(broken) <= set(mended):
                raise UnreadableItem(broken, "not mended")
            mended += broken
            kept = {name: value for name, value in item.items() if name not in broken}
            item = kept | {name: ours[name] for name in broken if name in ours}
        if item is None or not mended:
            return ()
        condition: dict[str, Any] = {"ConditionExpression": "attribute_exists(pk)"}
        if "version" not in mended:
            condition = {
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": {"N": str(record.version)}},
            }
        self._store.transact([(SUBMISSION, {"Put": {"Item": item, **condition}})])
        return tuple(mended)

    def holds(self, record: SubmissionRecord) -> Write:
        """Return the write that notes a submission among those that wait to be offered prizes."""
        item = {**held_key(record), "submission_id": {"S": str(record.id)}}
        return Part(PartKind.HELD), {"Put": {"Item": item}}

    def waiting(self, campaign_id: str, *, most: int) -> tuple[HeldItem, ...]:
        """Read the first submissions that wait to be offered prizes, in their order of entry."""
        found: list[HeldItem] = []
        for shard in range(HOUR_SHARDS):
            answer = self._store.call(
                "query",
                TableName=self._store.name,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": held_pk(campaign_id, shard)}},
                ConsistentRead=True,
                Limit=most,
            )
            found += [
                HeldItem(item["pk"]["S"], item["sk"]["S"], UUID(item["submission_id"]["S"]))
                for item in answer["Items"]
            ]
        return tuple(sorted(found, key=lambda one: one.sk)[:most])

    def waits_no_longer(self, item: HeldItem) -> Write:
        """Return the write that takes a submission from those that wait."""
        delete: Operation = {"Delete": {"Key": {"pk": {"S": item.pk}, "sk": {"S": item.sk}}}}
        return Part(PartKind.HELD), delete

    def drop_held(self, item: HeldItem) -> None:
        """Take what waits no longer, or is not there any more, from those that wait."""
        key = {"pk": {"S": item.pk}, "sk": {"S": item.sk}}
        self._store.call("delete_item", TableName=self._store.name, Key=key)

    def gives_award(self, record: AwardRecord, *, over: AwardRecord | None) -> Write:
        """Return the write that puts an award, where there is none or over the one that is known."""
        key = mirrored_key(record.submission_id, "AWARD", record.prize)
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if over is not None:
            condition = {
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": {"N": str(over.version)}},
            }
        put: Operation = {"Put": {"Item": {**key, **attributes_of(record)}, **condition}}
        return award_part(record.prize), put

    def put_award(
        self, record: AwardRecord, *, campaign_id: str = "", uses: Sequence[LimitUse] = ()
    ) -> None:
        """Store an award as it is known elsewhere, where there is none or an older version, with its ``uses`` of limits.

        Raises:
            Cancelled: its own part means that it is there; other parts that a limit is reached.
            InConflict, TryAgain, TooManyParts: as :meth:`Store.transact`.
        """
        put: Operation = {
            "Put": {
                "Item": {
                    **mirrored_key(record.submission_id, "AWARD", record.prize),
                    **attributes_of(record),
                },
                "ConditionExpression": "attribute_not_exists(pk) OR version < :version",
                "ExpressionAttributeValues": {":version": {"N": str(record.version)}},
            }
        }
        taken = self._limits.takes_awards(campaign_id, record.submission_id, uses)
        self._store.transact([(award_part(record.prize), put), *taken])

    def put_message(self, record: MessageRecord) -> bool:
        """Store a message under its id, unless it is there; tell whether it was new."""
        return self._store.put_if_absent({**message_key(record), **attributes_of(record)})

    def message_count(self, submission_id: UUID, *, most: int) -> int:
        """Count the messages of a submission, up to ``most``."""
        answer = self._store.call(
            "query",
            TableName=self._store.name,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={
                ":pk": {"S": group_of(submission_id)},
                ":sk": {"S": "MESSAGE#"},
            },
            Select="COUNT",
            Limit=most,
            ConsistentRead=True,
        )
        return int(answer["Count"])


def _unreadable(item: Item) -> tuple[str, ...]:
    try:
        SubmissionRecord.from_attributes(item)
    except UnreadableItem as exc:
        return exc.attributes
    return ()
