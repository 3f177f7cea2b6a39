"""Let the database itself refuse to change or remove a line of the audit log."""

from django.db import migrations

TABLE = "campaigns_auditentry"


def forbid(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for act in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON {TABLE} "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        return
    schema_editor.execute(
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = '23001'; END $$"
    )
    schema_editor.execute(
        f"CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
    )


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for act in ("UPDATE", "DELETE"):
            schema_editor.execute(f"DROP TRIGGER audit_no_{act.lower()}")
        return
    schema_editor.execute(f"DROP TRIGGER audit_append_only ON {TABLE}")
    schema_editor.execute("DROP FUNCTION audit_append_only()")


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
