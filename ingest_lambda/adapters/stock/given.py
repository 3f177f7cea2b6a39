"""What is given: the items that make a unit given once, and the writes that give, take back and check."""

from collections.abc import Iterable
from uuid import UUID

from ingest_lambda.adapters.stock.keys import (
    RETURNED,
    fallback_key,
    given_key,
    moment_key,
    moment_sk,
    returned_key,
)
from ingest_lambda.adapters.stock.units import FallbackUnit, StockUnit
from ingest_lambda.adapters.table import (
    Cancelled,
    InConflict,
    Item,
    Operation,
    Part,
    PartKind,
    Store,
    Write,
)
from ingest_lambda.contract import FALLBACK, AwardRecord, Given, fallback_unit, instant_text

NO_WINNER = "-"
"""Stands for a submission where a unit was taken out of the stock."""


def unit_part(prize: str) -> Part:
    """Return the part of a transaction that takes a unit out of the stock."""
    return Part(PartKind.UNIT, prize)


def given_part(prize: str) -> Part:
    """Return the part of a transaction that makes a unit given."""
    return Part(PartKind.GIVEN, prize)


class GivenItems:
    """Given units. Each lies in a partition of its own, so that no prize is a hot one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, campaign_id: str, prize: str, unit: str) -> Given | None:
        """Read to whom a unit was given."""
        item = self._store.get(given_key(campaign_id, prize, unit))
        return None if item is None else _given(item)

    def get_many(
        self, campaign_id: str, units: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], Given]:
        """Read to whom units were given, each named by its prize and itself; others are left out."""
        keys = (given_key(campaign_id, prize, unit) for prize, unit in units)
        found = map(_given, self._store.get_many(keys))
        return {(given.prize, given.unit): given for given in found}

    def put_if_absent(self, campaign_id: str, given: Given) -> bool:
        """Note a unit as given, as it is known elsewhere; tell whether it was not known here."""
        return self._store.put_if_absent(_item(campaign_id, given))

    def gives(self, campaign_id: str, unit: StockUnit, owner: UUID | None) -> list[Write]:
        """Return the writes that take a unit out of the stock and make it the owner's, once.

        The unit's own item is not enough: it exists a second time after a republish,
        a resumed import or a restored backup.
        """
        given = Given(prize=unit.prize, unit=unit.unit, submission_id=owner, code=unit.code)
        put: Operation = {
            "Put": {
                "TableName": self._store.name,
                "Item": _item(campaign_id, given),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        return [(unit_part(unit.prize), self._here(unit.take())), (given_part(unit.prize), put)]

    def put_fallback(self, campaign_id: str, prize: str, code: str) -> None:
        """Put the shared code of a prize in the place of an earlier one; who has that keeps it."""
        self._store.put({**fallback_key(campaign_id, prize), "code": {"S": code}})

    def fallback(self, campaign_id: str, prize: str, owner: UUID) -> FallbackUnit | None:
        """Read the shared code of a prize, for a submission; ``None`` where it has none."""
        for item in self._store.get_many([fallback_key(campaign_id, prize)]):
            return FallbackUnit(prize, fallback_unit(owner), item["code"]["S"])
        return None

    def gives_fallback(self, campaign_id: str, unit: FallbackUnit, owner: UUID) -> list[Write]:
        """Return the write that notes the shared code as the owner's; again is harmless."""
        given = Given(prize=unit.prize, unit=unit.unit, submission_id=owner, code=unit.code)
        put: Operation = {
            "Put": {
                "TableName": self._store.name,
                "Item": _item(campaign_id, given),
                "ConditionExpression": "attribute_not_exists(pk) OR submission_id = :mine",
                "ExpressionAttributeValues": {":mine": {"S": str(owner)}},
            }
        }
        return [(given_part(unit.prize), put)]

    def returns(self, campaign_id: str, award: AwardRecord, code: str | None) -> list[Write]:
        """Return the writes that put an award's unit back into the stock, among those that came back.

        For a unit that is given to this submission; another transaction may not
        have changed that meanwhile.
        """
        delete: Operation = {
            "Delete": {
                "TableName": self._store.name,
                "Key": given_key(campaign_id, award.prize, award.unit),
                "ConditionExpression": "submission_id = :mine",
                "ExpressionAttributeValues": {":mine": {"S": str(award.submission_id)}},
            }
        }
        back: Write = (Part(PartKind.GIVEN_BACK, award.prize), delete)
        if award.unit.startswith(FALLBACK):
            return [back]  # a shared code is no stock that another could win
        put: Operation = {
            "Put": {"TableName": self._store.name, "Item": _returned(campaign_id, award, code)}
        }
        return [back, (Part(PartKind.UNIT_RETURNED, award.prize), put)]

    def bury(self, campaign_id: str, unit: StockUnit) -> bool:
        """Take away a ghost: a unit that lies in the stock although it is given. Tell whether it went.

        Checked in the same transaction, because a unit that somebody gave back
        meanwhile is no ghost.
        """
        is_given: Operation = {
            "ConditionCheck": {
                "TableName": self._store.name,
                "Key": given_key(campaign_id, unit.prize, unit.unit),
                "ConditionExpression": "attribute_exists(pk)",
            }
        }
        take = (unit_part(unit.prize), self._here(unit.take()))
        try:
            self._store.transact([take, (given_part(unit.prize), is_given)])
        except (Cancelled, InConflict):
            return False
        return True

    def _here(self, operation: Operation) -> Operation:
        for inner in operation.values():
            inner["TableName"] = self._store.name
        return operation


def _given(item: Item) -> Given:
    owner = item["submission_id"]["S"]
    _, _, prize, unit = item["pk"]["S"].split("#")
    return Given(
        prize=prize,
        unit=unit,
        submission_id=None if owner == NO_WINNER else UUID(owner),
        code=item["code"]["S"] if "code" in item else None,
    )


def _item(campaign_id: str, given: Given) -> Item:
    item: Item = {
        **given_key(campaign_id, given.prize, given.unit),
        "submission_id": {"S": str(given.submission_id or NO_WINNER)},
    }
    if given.code is not None:
        item["code"] = {"S": given.code}
    return item


def _returned(campaign_id: str, award: AwardRecord, code: str | None) -> Item:
    item: Item = {"unit": {"S": award.unit}}
    if code is not None:
        item["code"] = {"S": code}
    won = award.moment
    if won is None:
        return item | returned_key(campaign_id, award.prize, award.unit)
    if won.until is not None:
        item["until"] = {"S": instant_text(won.until)}
    sk = moment_sk(won.at, won.rank, award.prize, award.unit)
    return item | moment_key(campaign_id, won.set, RETURNED, sk)
