"""The log is added to and never changed, whichever way somebody tries."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from campaigns.accounts.models import AuditEntry
from campaigns.accounts.models.audit import AuditIsAppendOnly
from campaigns.accounts.services import audit

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, tzinfo=UTC)


def make_entry() -> AuditEntry:
    return audit.record("campaign.changed", actor=None, client=None, target="campaign:x", at=AT)


def test_a_line_cannot_be_changed_through_the_model() -> None:
    entry = make_entry()
    entry.target = "campaign:y"
    with pytest.raises(AuditIsAppendOnly):
        entry.save()
    with pytest.raises(AuditIsAppendOnly):
        entry.delete()


def test_the_database_refuses_to_change_or_remove_a_line() -> None:
    make_entry()
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.update(target="campaign:y")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all()._raw_delete(AuditEntry.objects.db)
    assert AuditEntry.objects.get().target == "campaign:x"
