"""What the database refuses is still there after every migration, on both databases."""

from collections.abc import Iterator

import pytest
import pytest_django
from django.db import connection, connections
from django.db.migrations import AddField, CreateModel, Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import IntegerField
from django.db.utils import ConnectionHandler

from campaignhub.triggers import Refusal, Refuse, keeping_triggers, refuse


@pytest.mark.django_db
@pytest.mark.dialects
def test_no_migration_loses_a_trigger() -> None:
    declared = {
        one.name
        for migration in MigrationLoader(None).disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, Refuse)
        for one in operation.refusals
    }
    assert len(declared) > 5
    there = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger",
    }
    with connection.cursor() as cursor:
        cursor.execute(there[connection.vendor])
        assert declared <= {name for (name,) in cursor.fetchall()}


@pytest.fixture
def _scratch(
    monkeypatch: pytest.MonkeyPatch, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    """An SQLite in memory, by that name, whatever the tests run on."""
    named = {"default": {}, "scratch": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    monkeypatch.setitem(
        connections.settings, "scratch", ConnectionHandler(named).settings["scratch"]
    )
    with django_db_blocker.unblock():
        yield
    connections["scratch"].close()
    del connections["scratch"]


@pytest.mark.usefixtures("_scratch")
@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "forgotten"])
def test_a_table_that_sqlite_rebuilds_keeps_the_triggers_that_are_put_aside(
    *, is_kept: bool
) -> None:
    rebuilds = AddField("line", "number", IntegerField(default=0))

    class Lines(Migration):
        operations = [
            CreateModel("Line", [("id", IntegerField(primary_key=True))]),
            refuse(Refusal("line_no_update", "UPDATE", "log_line", "append-only")),
            *(keeping_triggers("log_line", rebuilds) if is_kept else [rebuilds]),
        ]

    with connections["scratch"].schema_editor() as editor:
        Lines("0001", "log").apply(ProjectState(), editor)
    with connections["scratch"].cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        assert cursor.fetchall() == ([("line_no_update",)] if is_kept else [])
