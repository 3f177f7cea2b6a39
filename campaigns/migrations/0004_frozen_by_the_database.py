"""Let the database itself keep published addresses and releases as they are.

On SQLite a later migration that rebuilds ``campaigns_campaign`` or
``campaigns_release`` loses these triggers with the old table: let it run
``allow`` first and ``forbid`` last.
"""

from django.db import migrations

FROZEN = (
    # name, when, on, condition, what it says
    (
        "campaign_slug_is_frozen",
        "UPDATE",
        "campaigns_campaign",
        "OLD.slug <> NEW.slug AND OLD.state <> 'draft'",
        "the slug of a published campaign never changes",
    ),
    (
        "campaign_test_place_is_frozen",
        "UPDATE",
        "campaigns_campaign",
        "OLD.test_slug <> NEW.test_slug OR OLD.test_id <> NEW.test_id",
        "the test address of a campaign never changes",
    ),
    (
        "campaign_is_never_unpublished",
        "UPDATE",
        "campaigns_campaign",
        "OLD.state <> 'draft' AND NEW.state = 'draft'",
        "a published campaign never becomes a draft again",
    ),
    (
        "release_never_changes",
        "UPDATE",
        "campaigns_release",
        "1 = 1",
        "a release never changes",
    ),
    (
        "release_is_never_removed",
        "DELETE",
        "campaigns_release",
        "1 = 1",
        "a release is never removed",
    ),
)


def forbid(apps, schema_editor):
    for name, act, table, condition, words in FROZEN:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
        else:
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = '23001'; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} "
                f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
            )


def allow(apps, schema_editor):
    for name, _act, table, _condition, _words in FROZEN:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {name}")
        else:
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_pages_tests_and_amendments")]
    operations = [migrations.RunPython(forbid, allow)]
