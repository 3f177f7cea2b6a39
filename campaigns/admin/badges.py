"""Numbers beside the navigation, found without importing the app that owns them."""

from typing import Any

from django.apps import apps
from django.http import HttpRequest

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


def mail_trouble_count(request: HttpRequest) -> int:
    """Count the mails that a person has to look at: failed, or sent without our knowing."""
    mails = apps.get_model("submissions", "Mail")
    troubled = mails._default_manager.filter(
        state__in=("failed", "unknown"),
        submission__campaign__in=campaigns_of(request.user, Capability.MAIL_VIEW),  # type: ignore[arg-type]
    )
    return len(troubled.order_by().values_list("pk")[:MOST])
