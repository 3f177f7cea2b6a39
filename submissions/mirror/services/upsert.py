"""Statements that write many rows at once: newer versions only, or only what is not there yet.

Django's ``bulk_create(update_conflicts=True)`` has no WHERE, so a late, older
message would overwrite a newer one. And it asks every field of every row how
to spell its value, which is a third of what the mirror costs; here each column
is asked once a batch.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

Spelling = Callable[[Any], Any]


def upsert(
    rows: Sequence[models.Model],
    *,
    update: Sequence[str],
    only_if_newer: str | None = None,
    unique: Sequence[str] = (),
) -> None:
    """Insert ``rows`` of one model, or update the fields ``update`` of those that are there.

    A row is there if its key is, or its ``unique`` fields are (which have to
    have a constraint of their own, and are all different in ``rows``). With
    ``only_if_newer`` a row changes only where that field rises. PostgreSQL and
    SQLite speak this statement alike.
    """
    if not rows:
        return
    table, columns, key = _names(rows)
    changes = ", ".join(f"{columns[name]} = excluded.{columns[name]}" for name in update)
    newer = columns[only_if_newer] if only_if_newer else ""
    where = f" WHERE excluded.{newer} > {table}.{newer}" if newer else ""
    _insert(rows, list(unique) or [key], f"DO UPDATE SET {changes}{where}")


def fill_in(rows: Sequence[models.Model], *, fields: Sequence[str]) -> None:
    """Insert ``rows`` of one model, or put those of ``fields`` that they bring into the rows that are there.

    What a row leaves empty stays as it is. Each key once.
    """
    if not rows:
        return
    table, columns, key = _names(rows)
    own = (columns[name] for name in fields)
    changes = ", ".join(f"{c} = COALESCE(excluded.{c}, {table}.{c})" for c in own)
    _insert(rows, [key], f"DO UPDATE SET {changes}")


def insert_missing(rows: Sequence[models.Model], *, unique: Sequence[str]) -> None:
    """Insert those of ``rows`` that are not there yet, by the constraint on ``unique``.

    Several rows may be the same; one of them goes in.
    """
    if not rows:
        return
    _insert(rows, unique, "DO NOTHING")


def _names(rows: Sequence[models.Model]) -> tuple[str, dict[str, str], str]:
    """Return the quoted names of a model's table and of its columns, by field, and the key's field."""
    meta: Any = rows[0]._meta
    quote = connection.ops.quote_name
    columns = {field.name: quote(field.column) for field in meta.concrete_fields}
    return quote(meta.db_table), columns, meta.pk.name


def _insert(rows: Sequence[models.Model], found_by: Sequence[str], otherwise: str) -> None:
    """Insert in the order of the keys: two workers lock the same rows in the same order, never in a circle.

    ``otherwise`` is what happens to a row that is there, by the fields ``found_by``.
    """
    meta: Any = rows[0]._meta
    own_key = list(found_by) == [meta.pk.name]
    fields: list[Any] = [
        field for field in meta.concrete_fields if own_key or not field.primary_key
    ]
    spellings = [(field.attname, _spelling(field)) for field in fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    begin = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES "  # noqa: S608 - names are ours
    conflict = ", ".join(quote(meta.get_field(name).column) for name in found_by)
    ending = f" ON CONFLICT ({conflict}) {otherwise}"
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    attributes = [meta.get_field(name).attname for name in found_by]
    ordered = sorted(rows, key=lambda row: [str(getattr(row, name)) for name in attributes])
    most = max(1, (connection.features.max_query_params or 30_000) // len(fields))
    with connection.cursor() as cursor:
        for first in range(0, len(ordered), most):
            part = ordered[first : first + most]
            values = [spell(row.__dict__[attname]) for row in part for attname, spell in spellings]
            cursor.execute(begin + ", ".join([marks] * len(part)) + ending, values)


def _spelling(field: Any) -> Spelling:
    """Return how a column's values are given to the driver: what Django would do, asked once."""
    if field.is_relation:
        return _spelling(field.target_field)
    kind = field.get_internal_type()
    if kind == "DateTimeField":
        return _spell_instant(connection.vendor)
    if kind == "UUIDField" and not connection.features.has_native_uuid_field:
        return _hex
    if kind == "JSONField":
        return _spell_json(connection.vendor)
    if kind in ("CharField", "TextField"):
        return _text  # of an enumeration its value
    return _itself


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _itself(value: Any) -> Any:
    return value


def _hex(value: UUID | None) -> str | None:
    return value.hex if value is not None else None


@cache
def _spell_instant(_vendor: str) -> Spelling:
    adapt = connection.ops.adapt_datetimefield_value
    if connection.features.supports_timezones:
        return adapt

    def spell(value: datetime | None) -> str | None:
        # What Django does with an aware instant for SQLite, without its questions.
        return str(value.astimezone(UTC).replace(tzinfo=None)) if value is not None else None

    return spell


@cache
def _spell_json(vendor: str) -> Spelling:
    adapt = connection.ops.adapt_json_value
    return (lambda value: adapt(value, None)) if vendor == "postgresql" else json.dumps
