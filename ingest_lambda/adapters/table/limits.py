"""Limits and guards: what a submission takes in its own transaction, and how it gives it back."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from ingest_lambda.adapters.table.keys import ROLLING, Item, guard_key, limit_key
from ingest_lambda.adapters.table.store import Store
from ingest_lambda.adapters.table.transaction import Operation, Part, PartKind, Write
from ingest_lambda.contract import TakenLimit

KEPT_AFTER_WINDOW = timedelta(days=120)
"""How long a counter outlives its window, for what is replayed late."""
_LONGEST_ROLLING = timedelta(days=92)

Uses = tuple[tuple[str, str], ...]
"""The uses of a rolling limit: (instant, submission id), in order."""


@dataclass(frozen=True)
class LimitUse:
    """One use of a limit that a submission wants to take.

    ``times`` is set for rolling windows alone: all the uses to be kept, with
    this one added; ``revision`` guards against another writer having added one
    in between. A negative revision is one that cannot be: the transaction
    refuses the use, as it does at a counter that is full.
    """

    limit: str
    scope_hash: str
    window: str
    count: int
    amount: int = 1
    """How many uses it is: one, or as many as the submission has receipts."""
    expires_at: datetime | None = None
    times: Uses | None = None
    revision: int = 0

    @property
    def part(self) -> Part:
        """The part of a transaction that takes this use."""
        return Part(PartKind.LIMIT, f"{self.limit}#{self.scope_hash}#{self.window}")


def award_limit_part(name: str) -> Part:
    """Return the part of a transaction that takes a use of an award limit."""
    return Part(PartKind.AWARD_LIMIT, name)


def guard_part(guard: str) -> Part:
    """Return the part of a transaction that takes a guard."""
    return Part(PartKind.GUARD, guard)


@dataclass(frozen=True)
class Taken:
    """Slots and guards that a submission holds, or held."""

    limits: tuple[TakenLimit, ...] = ()
    guards: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.limits or self.guards)


NOTHING = Taken()


class LimitItems:
    """Counters and guards. Nothing here counts a whole campaign: such an item would be too hot."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def rolling_uses(self, campaign_id: str, limit: str, scope_hash: str) -> tuple[Uses, int]:
        """Read the uses of a rolling limit and their revision."""
        item = self._store.get(limit_key(campaign_id, limit, scope_hash, ROLLING))
        if item is None:
            return (), 0
        times = tuple((at, who) for at, who in json.loads(item["times"]["S"]))
        return times, int(item["revision"]["N"])

    def count_softly(self, campaign_id: str, use: LimitUse, submission_id: UUID) -> bool:
        """Count a submission toward a soft limit, by itself; tell whether it is within.

        The item keeps the ids counted, so that a message delivered twice is
        counted once, and stops growing at the limit. For calendar windows.
        """
        values = {
            ":me": {"S": str(submission_id)},
            ":mine": {"SS": [str(submission_id)]},
            ":most": {"N": str(use.count)},
        }
        update = "ADD ids :mine"
        if use.expires_at:
            update += " SET expires_at = :expiry"
            values[":expiry"] = _expiry(use.expires_at)["expires_at"]
        taken = self._store.call_if(
            "update_item",
            Key=limit_key(campaign_id, use.limit, use.scope_hash, use.window),
            UpdateExpression=update,
            ConditionExpression="attribute_not_exists(ids) OR contains(ids, :me) OR size(ids) < :most",
            ExpressionAttributeValues=values,
        )
        return taken is not None

    def take_rolling(self, campaign_id: str, use: LimitUse) -> None:
        """Take a use of a rolling limit by itself, as soft ones are.

        Raises:
            Cancelled: another writer was quicker; read again.
        """
        self._store.transact([(use.part, self._taking(campaign_id, use))])

    def hold_guard(self, campaign_id: str, guard: str, submission_id: UUID) -> UUID:
        """Take a guard for a submission, or find whose it is; return the holder either way."""
        key = guard_key(campaign_id, guard)
        if self._store.put_if_absent({**key, "submission_id": {"S": str(submission_id)}}):
            return submission_id
        item = self._store.get(key)
        return UUID(item["submission_id"]["S"]) if item else submission_id

    def takes(
        self, campaign_id: str, owner: UUID, uses: Iterable[LimitUse], guards: Iterable[str]
    ) -> list[Write]:
        """Return the writes that take ``uses`` and ``guards`` for a submission."""
        writes: list[Write] = [(use.part, self._taking(campaign_id, use)) for use in uses]
        writes += [
            (
                guard_part(guard),
                {
                    "Put": {
                        "Item": {
                            **guard_key(campaign_id, guard),
                            "submission_id": {"S": str(owner)},
                        },
                        "ConditionExpression": "attribute_not_exists(pk) OR submission_id = :id",
                        "ExpressionAttributeValues": {":id": {"S": str(owner)}},
                    }
                },
            )
            for guard in guards
        ]
        return writes

    def takes_awards(self, campaign_id: str, owner: UUID, uses: Iterable[LimitUse]) -> list[Write]:
        """Return the writes that take ``uses`` of award limits, as parts of their own kind."""
        return [
            (award_limit_part(part.name), operation)
            for part, operation in self.takes(campaign_id, owner, uses, ())
        ]

    @staticmethod
    def _taking(campaign_id: str, use: LimitUse) -> Operation:
        key = limit_key(campaign_id, use.limit, use.scope_hash, use.window)
        expiry = _expiry(use.expires_at) if use.expires_at else {}
        if use.times is not None:
            return {
                "Put": {
                    "Item": {
                        **key,
                        **expiry,
                        "times": {"S": json.dumps(use.times, separators=(",", ":"))},
                        "revision": {"N": str(use.revision + 1)},
                    },
                    "ConditionExpression": "revision = :before"
                    if use.revision
                    else "attribute_not_exists(pk)",
                    **(
                        {"ExpressionAttributeValues": {":before": {"N": str(use.revision)}}}
                        if use.revision
                        else {}
                    ),
                }
            }
        update = "SET n = if_not_exists(n, :zero) + :amount"
        values = {
            ":zero": {"N": "0"},
            ":amount": {"N": str(use.amount)},
            ":room": {"N": str(use.count - use.amount)},
        }
        fits = "n <= :room"
        if use.amount <= use.count:
            fits = f"attribute_not_exists(n) OR {fits}"
        if expiry:
            update += ", expires_at = :expiry"
            values[":expiry"] = expiry["expires_at"]
        return {
            "Update": {
                "Key": key,
                "UpdateExpression": update,
                "ConditionExpression": fits,
                "ExpressionAttributeValues": values,
            }
        }

    def gives_back(self, campaign_id: str, owner: UUID, taken: Taken) -> list[Write]:
        """Return the writes that free what ``owner`` holds.

        They belong into the transaction that takes it out of the submission's own
        lists, so that it is given back once.
        """
        writes: list[Write] = []
        for limit in taken.limits:
            place = f"{limit.limit}#{limit.scope_hash}#{limit.window}"
            part = Part(PartKind.LIMIT_GIVEN_BACK, place)
            if limit.window == ROLLING:
                writes.append((part, self._leave_rolling(campaign_id, owner, limit)))
            else:
                writes.append((part, self._count_down(campaign_id, limit)))
        writes += [
            (
                Part(PartKind.GUARD_GIVEN_BACK, guard),
                {
                    "Delete": {
                        "Key": guard_key(campaign_id, guard),
                        "ConditionExpression": "attribute_not_exists(pk) OR submission_id = :id",
                        "ExpressionAttributeValues": {":id": {"S": str(owner)}},
                    }
                },
            )
            for guard in taken.guards
        ]
        return writes

    @staticmethod
    def _count_down(campaign_id: str, limit: TakenLimit) -> Operation:
        # Without a floor: the counter of a window long past may have expired, and a decision that
        # could then never be applied would hold up all later ones.
        update = "SET n = if_not_exists(n, :amount) - :amount"
        values = {":amount": {"N": str(limit.amount)}}
        if limit.window != "campaign":
            update += ", expires_at = if_not_exists(expires_at, :expiry)"
            values[":expiry"] = _expiry(datetime.now(UTC) + KEPT_AFTER_WINDOW)["expires_at"]
        return {
            "Update": {
                "Key": limit_key(campaign_id, limit.limit, limit.scope_hash, limit.window),
                "UpdateExpression": update,
                "ExpressionAttributeValues": values,
            }
        }

    def _leave_rolling(self, campaign_id: str, owner: UUID, limit: TakenLimit) -> Operation:
        times, revision = self.rolling_uses(campaign_id, limit.limit, limit.scope_hash)
        return self._taking(
            campaign_id,
            LimitUse(
                limit=limit.limit,
                scope_hash=limit.scope_hash,
                window=ROLLING,
                count=0,
                expires_at=datetime.now(UTC) + _LONGEST_ROLLING + KEPT_AFTER_WINDOW,
                times=tuple(use for use in times if use[1] != str(owner)),
                revision=revision,
            ),
        )


def _expiry(at: datetime) -> Item:
    return {"expires_at": {"N": str(int(at.timestamp()))}}
