"""Photos that are not sent yet, or never: places that were given, and items that go."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from botocore.exceptions import ClientError

from ingest_lambda.adapters.table.keys import guard_key, keys_key, mirrored_key, submission_key
from ingest_lambda.adapters.table.ledger import LedgerItems
from ingest_lambda.adapters.table.limits import Taken
from ingest_lambda.adapters.table.store import Cancelled
from ingest_lambda.contract import SubmissionRecord


class PhotoItems(LedgerItems):
    """Counts the places for photos, and takes away what no submission names."""

    def count_keys(
        self,
        submission_id: UUID,
        attempt: int,
        fresh: Mapping[str, int],
        *,
        before: Mapping[str, int],
        most: Mapping[str, int],
        expires_at: datetime,
    ) -> dict[str, int] | None:
        """Count places that a submission's fields are given now; return the counts, or ``None``.

        ``fresh`` are the new ones by field, ``before`` those that its token knows
        of (the table has counted none yet where that is the first), ``most`` the
        bound. All or none: ``None`` means that one field has no room. In one
        conditional write, so that calls at once share the same places.

        Raises:
            TryAgain: the table is busy or away.
        """
        names = sorted(fresh)
        if any(before.get(name, 0) + fresh[name] > most[name] for name in names):
            return None
        places = {f"#n{number}": name for number, name in enumerate(names)}
        values = {":end": {"N": str(int(expires_at.timestamp()))}}
        sums, rooms = [], []
        for number, name in enumerate(names):
            values[f":before{number}"] = {"N": str(before.get(name, 0))}
            values[f":fresh{number}"] = {"N": str(fresh[name])}
            values[f":room{number}"] = {"N": str(most[name] - fresh[name])}
            sums.append(f"#n{number} = if_not_exists(#n{number}, :before{number}) + :fresh{number}")
            rooms.append(f"(attribute_not_exists(#n{number}) OR #n{number} <= :room{number})")
        try:
            answer = self._call(
                "update_item",
                TableName=self._name,
                Key=keys_key(submission_id, attempt),
                UpdateExpression=f"SET {', '.join(sums)}, expires_at = :end",
                ConditionExpression=" AND ".join(rooms),
                ExpressionAttributeNames={place: f"of_{name}" for place, name in places.items()},
                ExpressionAttributeValues=values,
                ReturnValues="UPDATED_NEW",
            )
        except ClientError as exc:
            if exc.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return None
        return {name: int(answer["Attributes"][f"of_{name}"]["N"]) for name in names}

    def forget_photo(
        self,
        submission_id: UUID,
        attempt: int,
        key: str,
        *,
        seen: SubmissionRecord | None,
        campaign_id: str | None,
    ) -> bool:
        """Take away the facts of a photo that no submission names; tell whether they are gone.

        ``seen`` is the submission as it was read when it did not name the photo,
        ``None`` where there was none. It goes in a transaction with the condition
        that this is still so: a submission that is written at the same moment
        keeps its photo, and this returns ``False``. The same twice changes nothing.

        The hint that this submission had the file first (``images``) goes too,
        unless another photo of it is the same file; so does the count of places.

        Raises:
            TryAgain: the table is busy or away, or another was writing to one of the items.
        """
        unchanged: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if seen is not None:
            unchanged = {
                "ConditionExpression": "version = :seen",
                "ExpressionAttributeValues": {":seen": {"N": str(seen.version)}},
            }
        guards = self._hints_of(submission_id, key, campaign_id) if campaign_id else ()
        try:
            self._transact(
                [
                    {"ConditionCheck": {"Key": submission_key(submission_id), **unchanged}},
                    {"Delete": {"Key": mirrored_key(submission_id, "IMAGE", key)}},
                    {"Delete": {"Key": keys_key(submission_id, attempt)}},
                    *self._gives_back(campaign_id or "", submission_id, Taken(guards=guards)),
                ]
            )
        except Cancelled:
            return False
        return True

    def _hints_of(self, submission_id: UUID, key: str, campaign_id: str) -> tuple[str, ...]:
        photos = {photo.key: photo.sha256 for photo in self.images(submission_id)}
        sha256 = photos.pop(key, None)
        if sha256 is None or sha256 in photos.values():
            return ()
        guard = f"file:{sha256}"
        item = self._get(guard_key(campaign_id, guard))
        mine = item is not None and item["submission_id"]["S"] == str(submission_id)
        return (guard,) if mine else ()
