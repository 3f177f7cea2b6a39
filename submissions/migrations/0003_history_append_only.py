"""Let the database itself refuse to change a submission's history; fill the keys of names.

A line of a test submission may be removed, for a test counts nowhere and one
action deletes it; of any other, none may. SQLite drops a table's triggers when
a migration rebuilds the table (any ``AlterField``): such a migration has to call
``forbid`` once more, and ``tests/submissions/test_history.py`` finds it if not.
"""

from django.db import migrations

from submissions.rules.names import fold

TABLES = {"submissions_submissionevent": "event", "submissions_review": "review"}
LIVE = "NOT EXISTS (SELECT 1 FROM submissions_submission s WHERE s.id = OLD.submission_id AND s.is_test)"
REFUSAL = "the history of a submission is append-only"


def forbid(_apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for table, name in TABLES.items():
            schema_editor.execute(
                f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {table} WHEN {LIVE} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    schema_editor.execute(
        "CREATE FUNCTION history_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' AND NOT ({LIVE}) THEN RETURN OLD; END IF; "
        f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = '23001'; END $$"
    )
    for table, name in TABLES.items():
        schema_editor.execute(
            f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION history_append_only()"
        )


def allow(_apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in TABLES.values():
            schema_editor.execute(f"DROP TRIGGER {name}_no_update")
            schema_editor.execute(f"DROP TRIGGER {name}_no_delete")
        return
    for table, name in TABLES.items():
        schema_editor.execute(f"DROP TRIGGER {name}_append_only ON {table}")
    schema_editor.execute("DROP FUNCTION history_append_only()")


def fill_keys(apps, _schema_editor):
    answers = apps.get_model("submissions", "SubmissionAnswers")
    batch = []
    for row in answers.objects.only("given_name", "family_name").iterator(chunk_size=1000):
        row.given_name_key = fold(row.given_name)[:60]
        row.family_name_key = fold(row.family_name)[:60]
        batch.append(row)
        if len(batch) == 1000:
            answers.objects.bulk_update(batch, ["given_name_key", "family_name_key"])
            batch = []
    answers.objects.bulk_update(batch, ["given_name_key", "family_name_key"])


class Migration(migrations.Migration):
    dependencies = [("submissions", "0002_what_comes_later")]
    operations = [
        migrations.RunPython(forbid, allow),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
    ]
