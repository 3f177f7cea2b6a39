"""What is added to and never changed: no statement changes, removes, replaces or empties it.

Whoever may drop a table, drop a trigger or run as ``session_replication_role = replica`` owns the
database: that is kept from a deployment by the rights of its role, not by a trigger.
"""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from campaigns.accounts.models import AuditEntry
from campaigns.accounts.services import audit
from campaigns.setup.models import StateChange
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission, SubmissionEvent
from submissions.review.models import Review
from submissions.review.services.decisions import approve_submission
from tests.campaigns.factories import make_user
from tests.submissions.factories import NOON, make_campaign, make_record, streamed

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
TABLES: dict[str, Any] = {
    "accounts_auditentry": AuditEntry,
    "campaigns_statechange": StateChange,
    "submissions_submissionevent": SubmissionEvent,
    "review_review": Review,
}


@pytest.fixture
def lines() -> dict[str, int]:
    """One line at least in each table; how many there are."""
    campaign = make_campaign()
    StateChange.objects.create(campaign=campaign, before="draft", after="live", at=NOON)
    record = make_record(campaign)
    mirror_stream_records([streamed(record)], at=NOON)
    approve_submission(record.id, actor=make_user(), at=NOON)
    audit.record_line("campaign.changed", actor=None, client=None, target="campaign:x", at=NOON)
    counts = {name: model.objects.count() for name, model in TABLES.items()}
    assert all(counts.values())
    connection.check_constraints()  # PostgreSQL puts them off, and empties no table that waits for one
    return counts


def _try(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"append-only|never"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {name} SET at = at",
        "DELETE FROM {name}",
        pytest.param("TRUNCATE {name}", marks=pytest.mark.postgres),
        pytest.param("TRUNCATE {name} RESTART IDENTITY CASCADE", marks=pytest.mark.postgres),
        pytest.param(
            "INSERT OR REPLACE INTO {name} SELECT * FROM {name}", marks=pytest.mark.sqlite
        ),
    ],
    ids=["update", "delete", "truncate", "truncate-cascade", "replace"],
)
def test_no_statement_takes_a_line_away(name: str, statement: str, lines: dict[str, int]) -> None:
    _try(statement.format(name=name))
    assert TABLES[name].objects.count() == lines[name]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "name",
    ["accounts_client", "campaigns_campaign", "accounts_user", "submissions_submission"],
)
def test_what_lines_hang_on_is_not_emptied_with_them(name: str, lines: dict[str, int]) -> None:
    _try(f"TRUNCATE {name} CASCADE")
    assert {name: model.objects.count() for name, model in TABLES.items()} == lines


def test_a_submission_is_not_made_a_test_so_that_its_history_may_go(lines: dict[str, int]) -> None:
    _try("UPDATE submissions_submission SET is_test = NOT is_test")
    assert not Submission.objects.filter(is_test=True).exists()
    _try("DELETE FROM review_review")
