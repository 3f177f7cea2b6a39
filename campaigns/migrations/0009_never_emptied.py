"""Let PostgreSQL refuse to empty what is only added to: TRUNCATE fires no trigger of single rows.

The dates of a campaign's moves become append-only as well. SQLite has no
TRUNCATE; there a REPLACE fires the triggers of a row's removal as long as
``recursive_triggers`` is on (``campaignhub.settings``). A role that may drop a
table or its triggers is beyond any trigger: deploy with one that owns neither.
"""

from django.db import migrations

NEVER_EMPTIED = ("campaigns_auditentry", "campaigns_release", "campaigns_statechange")
MOVES = "campaigns_statechange"
REFUSAL = "a move of a campaign is never changed or removed"


def forbid(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for act in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER state_change_no_{act.lower()} BEFORE {act} ON {MOVES} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    schema_editor.execute(
        "CREATE FUNCTION state_change_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = '23001'; END $$"
    )
    schema_editor.execute(
        f"CREATE TRIGGER state_change_append_only BEFORE UPDATE OR DELETE ON {MOVES} "
        "FOR EACH ROW EXECUTE FUNCTION state_change_append_only()"
    )
    schema_editor.execute(
        "CREATE FUNCTION campaigns_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END $$"
    )
    for table in NEVER_EMPTIED:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION campaigns_never_emptied()"
        )


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for act in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER state_change_no_{act}")
        return
    for table in NEVER_EMPTIED:
        schema_editor.execute(f"DROP TRIGGER {table}_never_emptied ON {table}")
    schema_editor.execute("DROP FUNCTION campaigns_never_emptied()")
    schema_editor.execute(f"DROP TRIGGER state_change_append_only ON {MOVES}")
    schema_editor.execute("DROP FUNCTION state_change_append_only()")


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0008_limit_by_store")]
    operations = [migrations.RunPython(forbid, allow)]
