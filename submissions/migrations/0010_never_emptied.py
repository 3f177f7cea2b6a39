"""Let the database refuse two ways around the append-only history.

TRUNCATE fires no trigger of single rows, so PostgreSQL gets one for the whole
statement. And lines of a test may go, so no submission becomes a test later:
which of the two it is was decided by its token.
"""

from django.db import migrations

NEVER_EMPTIED = ("submissions_submissionevent", "submissions_review")
ENTRIES = "submissions_submission"
REFUSAL = "a submission never becomes a test, nor a test a submission"


def forbid(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER submission_mode_is_frozen BEFORE UPDATE OF is_test ON {ENTRIES} "
            f"WHEN OLD.is_test <> NEW.is_test BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
        return
    schema_editor.execute(
        "CREATE FUNCTION submission_mode_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = '23001'; END $$"
    )
    schema_editor.execute(
        f"CREATE TRIGGER submission_mode_is_frozen BEFORE UPDATE OF is_test ON {ENTRIES} "
        "FOR EACH ROW WHEN (OLD.is_test <> NEW.is_test) "
        "EXECUTE FUNCTION submission_mode_is_frozen()"
    )
    schema_editor.execute(
        "CREATE FUNCTION submissions_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = '23001'; END $$"
    )
    for table in NEVER_EMPTIED:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION submissions_never_emptied()"
        )


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER submission_mode_is_frozen")
        return
    for table in NEVER_EMPTIED:
        schema_editor.execute(f"DROP TRIGGER {table}_never_emptied ON {table}")
    schema_editor.execute("DROP FUNCTION submissions_never_emptied()")
    schema_editor.execute(f"DROP TRIGGER submission_mode_is_frozen ON {ENTRIES}")
    schema_editor.execute("DROP FUNCTION submission_mode_is_frozen()")


class Migration(migrations.Migration):
    dependencies = [("submissions", "0009_messages_by_submission")]
    operations = [migrations.RunPython(forbid, allow)]
