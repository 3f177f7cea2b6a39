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
LOOKED_AT = 10_000
"""Of all clients' mails in trouble so many are looked at for one's own."""


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

    Few mails are in trouble and all campaigns may have millions of others, so the
    campaigns are compared here: named in the query, SQLite would begin with them.
    """
    mails = apps.get_model("submissions", "Mail")._default_manager
    mine = set(campaigns_of(user, Capability.MAIL_VIEW).values_list("pk", flat=True))
    rows = mails.filter(state__in=("failed", "unknown")).order_by()
    found: Counter[str] = Counter()
    for state, campaign in rows.values_list("state", "submission__campaign_id")[:LOOKED_AT]:
        found[state] += campaign in mine
    return found


def mail_trouble_count(request: HttpRequest) -> int:
    """Count the mails in trouble, up to a thousand."""
    return min(MOST, troubled_mails(request.user).total())  # type: ignore[arg-type]
