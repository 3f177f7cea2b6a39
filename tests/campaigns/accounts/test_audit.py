"""The log is added to and never changed, whichever way somebody tries."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from campaigns.accounts.models import AuditEntry
from campaigns.accounts.models.audit import AuditIsAppendOnly
from campaigns.accounts.services import audit
from tests.campaigns.factories import make_draft

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, tzinfo=UTC)


def make_entry() -> AuditEntry:
    return audit.record_line(
        "campaign.changed", actor=None, client=None, target="campaign:x", at=AT
    )


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


def test_a_line_about_a_row_stands_under_its_client_by_the_name_that_its_model_gives_it() -> None:
    campaign = make_draft(slug="summer")
    change = campaign.state_changes.model(campaign=campaign)
    entry = audit.record(campaign, "campaign.changed", actor=None, at=AT, after={"name": "x"})
    assert (entry.client, entry.target) == (campaign.client, "campaign:summer")
    assert (entry.before, entry.after) == (None, {"name": "x"})
    assert audit.record(campaign.client, "client.changed", actor=None, at=AT).client == (
        campaign.client
    )
    assert audit.record(change, "campaign.changed", actor=None, at=AT).client == campaign.client
