"""Numbers beside the navigation, found without importing the app that owns them."""

from collections import Counter
from typing import Any

from django.apps import apps
from django.http import HttpRequest

from campaigns.models import User
from campaigns.rules.roles import Capability
from campaigns.services.scope import campaigns_of
from ingest_lambda.contract import SubmissionStatus

MOST = 1_000
"""Counting stops here, so that a million rows cost no more than a thousand."""


def waiting(request: HttpRequest) -> Any:
    """Return the submissions that wait for this person's review, without those of a test."""
    submissions = apps.get_model("submissions", "Submission")
    return submissions._default_manager.filter(
        campaign__in=campaigns_of(request.user, Capability.SUBMISSION_VIEW),  # type: ignore[arg-type]
        status=SubmissionStatus.PENDING_REVIEW.value,
        is_test=False,
    )


def waiting_count(request: HttpRequest) -> int:
    """Count the submissions that wait for this person's review, up to a thousand."""
    return len(waiting(request).order_by().values_list("pk")[:MOST])


def troubled_mails(user: User) -> Counter[str]:
    """Count the mails that a person has to look at, by state: failed, or sent without our knowing.

    Up to a thousand of each. Of one's own campaigns alone, by an index of such
    mails: another client's many must not hide one's own few.
    """
    mails = apps.get_model("submissions", "Mail")._default_manager
    mine = list(campaigns_of(user, Capability.MAIL_VIEW).values_list("pk", flat=True))
    # Both states in each query, for only so are they known to be in the index.
    rows = mails.filter(campaign__in=mine, state__in=("failed", "unknown")).order_by()
    return Counter(
        {
            state: len(rows.filter(state=state).values_list("pk")[:MOST])
            for state in ("failed", "unknown")
        }
    )


def mail_trouble_count(request: HttpRequest) -> int:
    """Count the mails in trouble, up to a thousand."""
    return min(MOST, troubled_mails(request.user).total())  # type: ignore[arg-type]
