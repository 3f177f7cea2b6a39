"""Entries without an answer that nothing will ever move: none, as long as every rule here holds."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from ingest_lambda.contract import SubmissionStatus
from submissions.mirror.models import Submission

CLOCK_PATIENCE = timedelta(days=1)
"""After its deadline, within which the clock closes what was asked again and not answered."""
MOST = 100
"""Of each sort that are named: one is a fault of ours already."""


def stranded(campaigns: Iterable[UUID], *, at: datetime) -> QuerySet[Submission]:
    """Return undecided entries that stand in no queue and behind no clock, the oldest first; not all of very many.

    What waits for review stands in the queue by its deadline; what is received waits for its
    photos; what was asked again waits for its deadline. An entry that does none of this is a
    fault of ours, and a moderator can decide on it at the desk.
    """
    mine = Submission.objects.filter(campaign__in=list(campaigns))
    # One after the other, each by an index of its own: together they would read every undecided entry.
    found: list[UUID] = []
    for rows in (
        mine.filter(status=SubmissionStatus.RECEIVED, photo_check=None),
        mine.filter(status=SubmissionStatus.PENDING_REVIEW, decide_by=None),
        mine.filter(
            status=SubmissionStatus.NEEDS_RESUBMISSION, resubmit_until__lte=at - CLOCK_PATIENCE
        ),
    ):
        found += rows.order_by().values_list("pk", flat=True)[:MOST]
    return Submission.objects.filter(pk__in=found).order_by("entered_at")
