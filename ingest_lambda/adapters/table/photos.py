"""Photos: their facts, the places that were given for them, and those that were never sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ingest_lambda.adapters.table.keys import (
    attributes_of,
    guard_key,
    image_key,
    keys_key,
    mirrored_key,
    submission_key,
)
from ingest_lambda.adapters.table.limits import LimitItems, Taken
from ingest_lambda.adapters.table.store import Store
from ingest_lambda.adapters.table.transaction import SUBMISSION, Cancelled, Part, PartKind
from ingest_lambda.contract import ImageRecord, SubmissionRecord


@dataclass(frozen=True)
class UnsentPhoto:
    """A photo that no submission named when it was looked for."""

    submission_id: UUID
    attempt: int
    key: str
    seen: SubmissionRecord | None
    """Its submission as it was read; ``None`` where there was none."""
    campaign_id: str | None
    """``None`` where it is not known; then no hint about its file is looked for."""


class PhotoItems:
    """The facts about photos, the places that were given for them, and taking both away."""

    def __init__(self, store: Store, limits: LimitItems) -> None:
        self._store = store
        self._limits = limits

    def images(self, submission_id: UUID) -> tuple[ImageRecord, ...]:
        """Read the facts about the photos of a submission that have come."""
        items = self._store.group(submission_id, "IMAGE#")
        return tuple(map(ImageRecord.from_attributes, items))

    def put_image(self, record: ImageRecord) -> bool:
        """Store the facts of one file, unless they are there; tell whether they were new."""
        return self._store.put_if_absent({**image_key(record), **attributes_of(record)})

    def has_image(self, submission_id: UUID, key: str) -> bool:
        """Tell whether the facts of an upload are there."""
        return self._store.get(mirrored_key(submission_id, "IMAGE", key)) is not None

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
        answer = self._store.call_if(
            "update_item",
            Key=keys_key(submission_id, attempt),
            UpdateExpression=f"SET {', '.join(sums)}, expires_at = :end",
            ConditionExpression=" AND ".join(rooms),
            ExpressionAttributeNames={place: f"of_{name}" for place, name in places.items()},
            ExpressionAttributeValues=values,
            ReturnValues="UPDATED_NEW",
        )
        if answer is None:
            return None
        return {name: int(answer["Attributes"][f"of_{name}"]["N"]) for name in names}

    def forget(self, photo: UnsentPhoto) -> bool:
        """Delete the facts of a photo that no submission names; tell whether they are gone.

        In a transaction with the condition that its submission is still as it was
        ``seen``: one that is written at the same moment keeps its photo, and this
        returns ``False``. The same twice changes nothing.

        The hint that this submission had the file first (``functions.images``) goes
        too, unless another photo of it is the same file; so does the count of places.

        Raises:
            TryAgain: the table is busy or away, or another transaction was at an item.
        """
        unchanged: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if photo.seen is not None:
            unchanged = {
                "ConditionExpression": "version = :seen",
                "ExpressionAttributeValues": {":seen": {"N": str(photo.seen.version)}},
            }
        about, campaign_id = photo.submission_id, photo.campaign_id or ""
        hints = Taken(guards=self._hints_of(about, photo.key, campaign_id) if campaign_id else ())
        facts = mirrored_key(about, "IMAGE", photo.key)
        places = keys_key(about, photo.attempt)
        try:
            self._store.transact(
                [
                    (SUBMISSION, {"ConditionCheck": {"Key": submission_key(about), **unchanged}}),
                    (Part(PartKind.PHOTO, "facts"), {"Delete": {"Key": facts}}),
                    (Part(PartKind.PHOTO, "places"), {"Delete": {"Key": places}}),
                    *self._limits.gives_back(campaign_id, about, hints),
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
        item = self._store.get(guard_key(campaign_id, guard))
        mine = item is not None and item["submission_id"]["S"] == str(submission_id)
        return (guard,) if mine else ()
