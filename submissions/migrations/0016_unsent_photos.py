"""Sweep photos that no submission names: what is due is found by an index, and rounds are counted.

The line of the history that says such a photo was looked at goes with it, while
there is no submission that it is the history of. Any other line stays refused.
"""

from django.db import migrations, models

TEST = "EXISTS (SELECT 1 FROM submissions_submission s WHERE s.id = OLD.submission_id AND s.is_test)"
NOBODYS = (
    "(OLD.kind = 'checked' AND NOT EXISTS "
    "(SELECT 1 FROM submissions_submission s WHERE s.id = OLD.submission_id))"
)
REFUSAL = "the history of a submission is append-only"
TABLE = "submissions_submissionevent"


def _put_in_place(schema_editor, may_go):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS event_no_delete")
        schema_editor.execute(
            f"CREATE TRIGGER event_no_delete BEFORE DELETE ON {TABLE} WHEN NOT ({may_go}) "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
        return
    schema_editor.execute(
        "CREATE OR REPLACE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' AND ({may_go}) THEN RETURN OLD; END IF; "
        f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = '23001'; END $$"
    )
    schema_editor.execute(f"DROP TRIGGER event_append_only ON {TABLE}")
    schema_editor.execute(
        f"CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION events_append_only()"
    )


def let_go(_apps, schema_editor):
    _put_in_place(schema_editor, f"{TEST} OR {NOBODYS}")


def refuse(_apps, schema_editor):
    _put_in_place(schema_editor, TEST)


class Migration(migrations.Migration):
    dependencies = [("submissions", "0015_submitted_files")]
    operations = [
        migrations.CreateModel(
            name="StuckEntry",
            fields=[
                ("submission_id", models.UUIDField(primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="UnsentRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("begun_at", models.DateTimeField(db_index=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("swept", models.PositiveIntegerField(default=0)),
                ("kept_back", models.PositiveIntegerField(default=0)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("after", models.UUIDField(null=True)),
                ("position", models.CharField(blank=True, max_length=300)),
            ],
            options={"ordering": ("-begun_at", "-id"), "get_latest_by": "begun_at"},
        ),
        migrations.AddIndex(
            model_name="submittedfile",
            index=models.Index(
                fields=["submission_id"],
                condition=models.Q(scope__isnull=True),
                name="file_unsent",
            ),
        ),
        migrations.RunPython(let_go, refuse),
    ]
