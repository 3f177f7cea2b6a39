"""What waits for a person's review."""

from django.db.models import QuerySet

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.setup.services.scope import campaigns_of
from ingest_lambda.contract import SubmissionStatus
from submissions.mirror.models import Submission

MOST = 1_000
"""Counting stops here, so that a million rows cost no more than a thousand."""


def waiting_for(user: User) -> QuerySet[Submission]:
    """Return the submissions that wait for this person's review, without those of a test."""
    return Submission.objects.filter(
        campaign__in=campaigns_of(user, Capability.SUBMISSION_VIEW),
        status=SubmissionStatus.PENDING_REVIEW.value,
        is_test=False,
    )


def waiting_count(user: User) -> int:
    """Count the submissions that wait for this person's review, up to a thousand."""
    return len(waiting_for(user).order_by().values_list("pk")[:MOST])
