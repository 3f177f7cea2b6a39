"""Entries without an answer that nothing will ever move: none, as long as every rule here holds."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from ingest_lambda.contract import SubmissionStatus
from submissions.mirror.models import Submission

CLOCK_PATIENCE = timedelta(days=1)
"""After its deadline, within which the clock closes what was asked again and not answered."""


def stranded(campaigns: Iterable[UUID], *, at: datetime) -> QuerySet[Submission]:
    """Return the undecided entries that stand in no queue and behind no clock, the oldest first.

    What waits for review stands in the queue by its deadline; what is received waits for its
    photos; what was asked again waits for its deadline. An entry that does none of this is a
    fault of ours, and a moderator can decide on it at the desk.
    """
    return Submission.objects.filter(
        Q(status=SubmissionStatus.RECEIVED, photo_check=None)
        | Q(status=SubmissionStatus.PENDING_REVIEW, decide_by=None)
        | Q(
            status=SubmissionStatus.NEEDS_RESUBMISSION,
            resubmit_until__lte=at - CLOCK_PATIENCE,
        ),
        campaign__in=list(campaigns),
    ).order_by("entered_at")
