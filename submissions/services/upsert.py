"""One SQL statement that writes many rows and lets only a newer version change one.

Django's ``bulk_create(update_conflicts=True)`` has no WHERE, so a late, older
message would overwrite a newer one; this is the same statement with it.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


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
    ``only_if_newer`` a row changes only where that field rises. Rows are
    written in the order of their keys, so that two workers lock them in the
    same order and never wait for each other in a circle. PostgreSQL and SQLite
    speak this statement alike.
    """
    if not rows:
        return
    quote = connection.ops.quote_name
    meta = rows[0]._meta
    own_key = not unique
    fields: list[Any] = [
        field for field in meta.concrete_fields if own_key or not field.primary_key
    ]
    found_by = [meta.pk.name] if own_key else list(unique)  # type: ignore[union-attr]
    columns = {field.name: quote(field.column) for field in fields}
    table = quote(meta.db_table)
    changes = ", ".join(f"{columns[name]} = excluded.{columns[name]}" for name in update)
    newer = columns[only_if_newer] if only_if_newer else ""
    where = f" WHERE excluded.{newer} > {table}.{newer}" if newer else ""
    conflict = ", ".join(columns[name] for name in found_by)
    begin = f"INSERT INTO {table} ({', '.join(columns.values())}) VALUES "  # noqa: S608 - names are ours
    end = f" ON CONFLICT ({conflict}) DO UPDATE SET {changes}{where}"
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    attributes = [meta.get_field(name).attname for name in found_by]  # type: ignore[union-attr]
    ordered = sorted(rows, key=lambda row: [str(getattr(row, name)) for name in attributes])
    most = max(1, (connection.features.max_query_params or 30_000) // len(fields))
    with connection.cursor() as cursor:
        for first in range(0, len(ordered), most):
            part = ordered[first : first + most]
            values = [
                field.get_db_prep_save(getattr(row, field.attname), connection)
                for row in part
                for field in fields
            ]
            cursor.execute(begin + ", ".join([marks] * len(part)) + end, values)
