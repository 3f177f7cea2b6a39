"""One SQL statement that writes many rows and lets only a newer version change one.

Django's ``bulk_create(update_conflicts=True)`` has no WHERE, so a late, older
message would overwrite a newer one; this is the same statement with it.
"""

from collections.abc import Sequence

from django.db import connection, models


def upsert(
    rows: Sequence[models.Model], *, update: Sequence[str], only_if_newer: str | None = None
) -> None:
    """Insert ``rows`` of one model, or update the fields ``update`` of those that are there.

    With ``only_if_newer`` a row changes only where that field rises. Rows are
    written in the order of their keys, so that two workers lock them in the
    same order and never wait for each other in a circle. PostgreSQL and SQLite
    speak this statement alike.
    """
    if not rows:
        return

    def quote(name: str | None) -> str:
        return connection.ops.quote_name(name or "")

    meta = rows[0]._meta
    fields = meta.concrete_fields
    table = quote(meta.db_table)
    key = quote(meta.pk.column)
    columns = ", ".join(quote(field.column) for field in fields)
    changes = ", ".join(
        f"{quote(field.column)} = excluded.{quote(field.column)}"
        for field in fields
        if field.name in update
    )
    newer = quote(only_if_newer) if only_if_newer else ""
    where = f" WHERE excluded.{newer} > {table}.{newer}" if newer else ""
    ordered = sorted(rows, key=lambda row: str(row.pk))
    most = max(1, connection.features.max_query_params or 30_000) // len(fields)
    with connection.cursor() as cursor:
        for begin in range(0, len(ordered), most):
            part = ordered[begin : begin + most]
            marks = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * len(part))
            values = [
                field.get_db_prep_save(getattr(row, field.attname), connection)
                for row in part
                for field in fields
            ]
            cursor.execute(
                f"INSERT INTO {table} ({columns}) VALUES {marks} "  # noqa: S608 - names are ours
                f"ON CONFLICT ({key}) DO UPDATE SET {changes}{where}",
                values,
            )
