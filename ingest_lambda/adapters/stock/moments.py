"""Winning moments in the stock table: loaded before a manifest names their set, then only taken and returned."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest_lambda.adapters.stock.keys import moment_key, moment_sk, moments_pk
from ingest_lambda.adapters.stock.loading import put_all
from ingest_lambda.adapters.stock.units import LONGEST_RESERVED, NEVER, RESERVED, MomentUnit
from ingest_lambda.adapters.table import (
    Cancelled,
    InConflict,
    Item,
    Operation,
    Part,
    PartKind,
    Store,
)
from ingest_lambda.contract import Moment, instant_text, local_day
from ingest_lambda.errors import TryAgain


@dataclass(frozen=True)
class MomentPage:
    """Moments of one day in their order, and the sort key to go on behind; empty at the day's end."""

    moments: tuple[MomentUnit, ...]
    behind: str


class MomentItems:
    """Moments by local day. What was seen empty stays empty: what comes back lies in a partition of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(
        self, campaign_id: str, moment_set: str, moments: Iterable[Moment], *, timezone: str
    ) -> tuple[str, ...]:
        """Put a whole set, in the place of what is there under its name; return its local days in order.

        Only while no manifest names the set: a moment that was taken would be there again.

        Raises:
            TryAgain: the table is busy or away; load the set again.
        """
        days: set[str] = set()

        def items() -> Iterable[Item]:
            for moment in moments:
                days.add(local_day(moment.at, timezone))
                yield _item(campaign_id, moment_set, moment, timezone)

        put_all(self._store, items())
        return tuple(sorted(days))

    def restore(
        self, campaign_id: str, moment_set: str, moments: Iterable[Moment], *, timezone: str
    ) -> int:
        """Put the moments that are absent; return how many were. One that is given becomes a ghost."""
        return sum(
            self._store.put_if_absent(_item(campaign_id, moment_set, moment, timezone))
            for moment in moments
        )

    def page(
        self, campaign_id: str, moment_set: str, day: str, *, behind: str = "", most: int
    ) -> MomentPage:
        """Read on in a day, consistently."""
        condition = "pk = :pk"
        values: Item = {":pk": {"S": moments_pk(campaign_id, moment_set, day)}}
        if behind:
            condition += " AND sk > :behind"
            values[":behind"] = {"S": behind}
        answer = self._store.call(
            "query",
            TableName=self._store.name,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
            Limit=most,
        )
        last = answer.get("LastEvaluatedKey")
        return MomentPage(
            tuple(_unit(campaign_id, moment_set, day, item) for item in answer["Items"]),
            last["sk"]["S"] if last else "",
        )

    def reserve(self, moment: MomentUnit, *, by: str, now: datetime) -> bool:
        """Keep other writers from trying a moment for a while; tell whether it is there and nobody else's.

        A hint, as a block number is: who takes it without is not refused, and what
        makes it given once is the claim. It costs a tenth of a claim, so writers meet
        here and not there.

        Raises:
            TryAgain: the table is busy or away.
        """
        return self._reserve(
            moment,
            "attribute_exists(pk) AND "
            "(attribute_not_exists(tried_until) OR tried_until < :now OR tried_until > :wrong "
            "OR tried_by = :by)",
            {
                ":by": {"S": by},
                ":now": _milliseconds(now),
                ":until": _milliseconds(now + RESERVED),
                ":wrong": _milliseconds(now + LONGEST_RESERVED),
            },
        )

    def release(self, moment: MomentUnit, *, by: str) -> None:
        """Let other writers try a moment that this one had reserved and did not take."""
        with suppress(TryAgain):
            self._reserve(moment, "tried_by = :by", {":by": {"S": by}, ":until": {"N": "0"}})

    def _reserve(self, moment: MomentUnit, condition: str, values: Item) -> bool:
        update: Operation = {
            "Update": {
                "TableName": self._store.name,
                "Key": moment.key,
                "UpdateExpression": "SET tried_by = :by, tried_until = :until",
                "ConditionExpression": condition,
                "ExpressionAttributeValues": values,
            }
        }
        try:
            self._store.transact([(Part(PartKind.UNIT, moment.prize), update)])
        except (Cancelled, InConflict):
            return False
        return True


def _item(campaign_id: str, moment_set: str, moment: Moment, timezone: str) -> Item:
    sk = moment_sk(moment.at, moment.rank, moment.prize, moment.unit)
    day = local_day(moment.at, timezone)
    item: Item = {**moment_key(campaign_id, moment_set, day, sk), "unit": {"S": moment.unit}}
    if moment.code is not None:
        item["code"] = {"S": moment.code}
    if moment.until is not None:
        item["until"] = {"S": instant_text(moment.until)}
    return item


def _unit(campaign_id: str, moment_set: str, day: str, item: Item) -> MomentUnit:
    at, rank, prize, unit = item["sk"]["S"].split("#")
    until = item.get("until")
    code = item.get("code")
    return MomentUnit(
        campaign_id=campaign_id,
        moment_set=moment_set,
        day=day,
        sk=item["sk"]["S"],
        prize=prize,
        unit=unit,
        at=datetime.fromisoformat(at),
        rank=int(rank),
        until=datetime.fromisoformat(until["S"]) if until else None,
        code=code["S"] if code else None,
        tried_until=(
            datetime.fromtimestamp(int(item["tried_until"]["N"]) / 1000, UTC)
            if "tried_until" in item
            else NEVER
        ),
    )


def _milliseconds(at: datetime) -> dict[str, str]:
    return {"N": str(int(at.timestamp() * 1000))}
