"""What tests of looks do: mirror a person's submissions, and read what the log says of them."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import AuditEntry, User
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission
from tests.campaigns.factories import make_user
from tests.submissions.factories import make_record, streamed

LIST = reverse("admin:submissions_submission_changelist")
MAILS = reverse("admin:mail_mail_changelist")
LOG = reverse("admin:accounts_auditentry_changelist")
READS = Role.CAMPAIGN_MANAGER
NO_DIGIT = 48
"""Of a submission whose reference has letters alone."""


def make_entries(campaign: Campaign, number: int = 1, **answers: str) -> list[Submission]:
    """Mirror entries of a person."""
    person = {"email": "grace@example.org", "first": "Grace", "last": "Zielinska", **answers}
    records = [make_record(campaign, answers=person) for _ in range(number)]
    mirror_stream_records([streamed(record) for record in records], at=timezone.now())
    return list(Submission.objects.filter(pk__in=[record.id for record in records]))


def who(*campaigns: Campaign, role: Role = READS) -> User:
    """Return somebody who works for the clients of some campaigns."""
    return make_user(*((campaign.client, role) for campaign in campaigns))


def lines(campaign: Campaign, *codes: str) -> list[Any]:
    """Return what the log of a campaign's client says of looks, the oldest first."""
    rows = AuditEntry.objects.filter(client=campaign.client).order_by("id")
    return list(rows.filter(code__in=codes) if codes else rows.filter(code__contains="ed"))
