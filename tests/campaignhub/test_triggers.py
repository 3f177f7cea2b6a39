"""What the database refuses is still there after every migration, on both databases."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from campaignhub.triggers import Refuse

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


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
