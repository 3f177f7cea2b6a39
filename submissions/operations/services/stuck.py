"""Entries that were seen where they cannot be written from: remembered, for their photos wait for them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from submissions.operations.models import StuckSubmission

REMEMBERED = timedelta(days=15)
"""Longer than a queue keeps a message: by then it was written, or is seen again."""


def note_stuck(ids: Collection[UUID], *, at: datetime) -> None:
    """Note that these were seen; again renews it."""
    StuckSubmission.objects.bulk_create(
        [StuckSubmission(submission_id=pk, seen_at=at) for pk in sorted(ids)],
        update_conflicts=True,
        unique_fields=["submission_id"],
        update_fields=["seen_at"],
    )


def forget_old(*, at: datetime) -> None:
    """Forget those that were not seen for so long that none can be on its way."""
    StuckSubmission.objects.filter(seen_at__lt=at - REMEMBERED).delete()
