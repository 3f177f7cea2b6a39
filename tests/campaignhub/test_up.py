"""``manage.py up`` before anything is started."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from campaignhub.local_aws.processes import EmbeddedError
from campaignhub.management.commands import up


@pytest.fixture
def _stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's transaction, which the command would close."""
    monkeypatch.setattr(connection, "close", lambda: None)


@pytest.mark.django_db
@pytest.mark.usefixtures("_stays_open")
def test_tables_of_this_version_are_taken() -> None:
    up.refuse_tables_of_another_version()


@pytest.mark.django_db
@pytest.mark.usefixtures("_stays_open")
def test_tables_of_another_version_are_refused_with_what_to_do() -> None:
    MigrationRecorder(connection).record_applied("campaigns", "0013_invitation_mailboxes")
    with pytest.raises(EmbeddedError, match=r"Move it away \(mv .*var .*var\.before\)"):
        up.refuse_tables_of_another_version()


@pytest.mark.django_db
@pytest.mark.usefixtures("_stays_open")
def test_tables_of_an_earlier_history_of_the_same_names_are_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE campaigns_campaign RENAME COLUMN reveal TO revealed")
    with pytest.raises(EmbeddedError, match="laid out differently"):
        up.refuse_tables_of_another_version()
