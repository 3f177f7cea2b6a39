"""Submissions and what belongs to them: images, messages, awards."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from ingest_lambda.adapters.table.keys import (
    Item,
    attributes_of,
    group_of,
    image_key,
    message_key,
    mirrored_key,
    submission_item,
    submission_key,
)
from ingest_lambda.adapters.table.limits import NOTHING, LimitItems, LimitUse, Taken
from ingest_lambda.contract import AwardRecord, ImageRecord, MessageRecord, SubmissionRecord


class SubmissionItems(LimitItems):
    """The group of items of one submission, and the transactions that keep it honest."""

    def submission(self, submission_id: UUID) -> SubmissionRecord | None:
        """Read a submission as it stands now."""
        item = self._get(submission_key(submission_id))
        return SubmissionRecord.from_attributes(item) if item else None

    def awards(self, submission_id: UUID) -> tuple[AwardRecord, ...]:
        """Read the awards of a submission."""
        return tuple(map(AwardRecord.from_attributes, self._items(submission_id, "AWARD#")))

    def images(self, submission_id: UUID) -> tuple[ImageRecord, ...]:
        """Read the facts about the photos of a submission that have come."""
        return tuple(map(ImageRecord.from_attributes, self._items(submission_id, "IMAGE#")))

    def _items(self, submission_id: UUID, prefix: str) -> Iterator[Item]:
        pages = self._pages(
            "query",
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={
                ":pk": {"S": group_of(submission_id)},
                ":sk": {"S": prefix},
            },
        )
        return (item for page in pages for item in page)

    def create_submission(
        self,
        record: SubmissionRecord,
        *,
        uses: Sequence[LimitUse] = (),
        guards: Sequence[str] = (),
    ) -> None:
        """Store a submission with the limits and guards it takes, all or nothing.

        Raises:
            Cancelled: place 0 is the submission (it is there already), then
                ``uses`` in order, then ``guards`` in order.
            TryAgain: another transaction was at one of the items.
        """
        put = {
            "Put": {
                "Item": submission_item(record),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        self._transact([put, *self._takes(record.campaign_id, record.id, uses, guards)])

    def replace_submission(
        self,
        record: SubmissionRecord,
        *,
        uses: Sequence[LimitUse] = (),
        guards: Sequence[str] = (),
        gives_back: Taken = NOTHING,
    ) -> None:
        """Store the next version of a submission, if nobody wrote one meanwhile.

        With ``gives_back`` counters go down and guards go away in the same
        transaction that takes them out of the submission's own lists, so that a
        second delivery finds nothing to give back.

        Raises:
            Cancelled, TryAgain: as :meth:`create_submission`; place 0 means that
                the version has moved on.
        """
        put = {
            "Put": {
                "Item": submission_item(record),
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": {"N": str(record.version - 1)}},
            }
        }
        self._transact(
            [
                put,
                *self._takes(record.campaign_id, record.id, uses, guards),
                *self._gives_back(record.campaign_id, record.id, gives_back),
            ]
        )

    def put_image(self, record: ImageRecord) -> bool:
        """Store the facts of one file, unless they are there; tell whether they were new."""
        return self._put_if_absent({**image_key(record), **attributes_of(record)})

    def has_image(self, submission_id: UUID, key: str) -> bool:
        """Tell whether the facts of an upload are there."""
        return self._get(mirrored_key(submission_id, "IMAGE", key)) is not None

    def put_message(self, record: MessageRecord) -> bool:
        """Store a message under its id, unless it is there; tell whether it was new."""
        return self._put_if_absent({**message_key(record), **attributes_of(record)})

    def message_count(self, submission_id: UUID, *, most: int) -> int:
        """Count the messages of a submission, no further than ``most``."""
        answer = self._call(
            "query",
            TableName=self._name,
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
