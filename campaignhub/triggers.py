"""What the database itself refuses: to change what was published, to change or remove a line of a log.

For migrations. On SQLite a later migration that rebuilds a table, as a new column
with a default does, loses its triggers with the old one: wrap it in
:func:`keeping_triggers`. ``tests/campaignhub/test_triggers.py`` fails where one forgot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.migrations import RunPython
from django.db.migrations.operations.base import Operation


@dataclass(frozen=True)
class Refusal:
    """Refuse an act on the rows of a table where ``condition`` (SQL over OLD and NEW) holds."""

    name: str
    act: Literal["UPDATE", "DELETE"]
    table: str
    words: str
    """What the error says."""
    condition: str = "1 = 1"
    reads_tables: bool = False
    """The condition has a subquery, which PostgreSQL takes in the trigger's function only."""


def append_only(name: str, table: str, words: str) -> tuple[Refusal, Refusal]:
    """Return the refusals of a table whose rows are added and never changed or removed."""
    return (
        Refusal(f"{name}_no_update", "UPDATE", table, words),
        Refusal(f"{name}_no_delete", "DELETE", table, words),
    )


class Refuse(RunPython):
    """The operation that makes triggers of ``refusals``."""

    refusals: tuple[Refusal, ...] = ()


def refuse(*refusals: Refusal) -> Refuse:
    """Return the operation that makes triggers of refusals; its reverse takes them away."""

    def forbid(_apps: Any, schema_editor: Any) -> None:
        for one in refusals:
            if schema_editor.connection.vendor == "sqlite":
                schema_editor.execute(
                    f"CREATE TRIGGER {one.name} BEFORE {one.act} ON {one.table} WHEN {one.condition} "
                    f"BEGIN SELECT RAISE(ABORT, '{one.words}'); END"
                )
                continue
            inside, outside = ("", f"WHEN ({one.condition})")
            if one.reads_tables:
                row = "OLD" if one.act == "DELETE" else "NEW"
                inside, outside = f"IF NOT ({one.condition}) THEN RETURN {row}; END IF; ", ""
            schema_editor.execute(
                f"CREATE FUNCTION {one.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN {inside}RAISE EXCEPTION '{one.words}' USING ERRCODE = '23001'; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {one.name} BEFORE {one.act} ON {one.table} "
                f"FOR EACH ROW {outside} EXECUTE FUNCTION {one.name}()"
            )

    def allow(_apps: Any, schema_editor: Any) -> None:
        for one in refusals:
            if schema_editor.connection.vendor == "sqlite":
                schema_editor.execute(f"DROP TRIGGER {one.name}")
            else:
                schema_editor.execute(f"DROP TRIGGER {one.name} ON {one.table}")
                schema_editor.execute(f"DROP FUNCTION {one.name}()")

    operation = Refuse(forbid, allow)
    operation.refusals = refusals
    return operation


def keeping_triggers(table: str, *operations: Operation) -> list[Operation]:
    """Return operations that rebuild ``table``, between two that put its triggers aside and back again.

    Only SQLite rebuilds; PostgreSQL changes the table in place and keeps them.
    """
    kept: list[tuple[str, str]] = []

    def put_aside(_apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor != "sqlite":
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
                [table],
            )
            kept[:] = cursor.fetchall()
        for name, _sql in kept:
            schema_editor.execute(f"DROP TRIGGER {name}")

    def put_back(_apps: Any, schema_editor: Any) -> None:
        for _name, sql in kept:
            schema_editor.execute(sql)
        kept.clear()

    return [RunPython(put_aside, put_back), *operations, RunPython(put_back, put_aside)]


def never_emptied(tables: Sequence[str]) -> RunPython:
    """Return the operation by which PostgreSQL refuses TRUNCATE, which fires no trigger of single rows.

    SQLite has no TRUNCATE; there a REPLACE fires the triggers of a row's removal
    as long as ``recursive_triggers`` is on (``campaignhub.settings``). A role that
    may drop a table or its triggers is beyond any trigger: deploy with one that
    owns neither.
    """

    def forbid(_apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            return
        for table in tables:
            schema_editor.execute(
                f"CREATE FUNCTION {table}_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23001'; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_never_emptied()"
            )

    def allow(_apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            return
        for table in tables:
            schema_editor.execute(f"DROP TRIGGER {table}_never_emptied ON {table}")
            schema_editor.execute(f"DROP FUNCTION {table}_never_emptied()")

    return RunPython(forbid, allow)
