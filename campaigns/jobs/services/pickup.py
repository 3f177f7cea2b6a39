"""What the clock does for jobs: send the slices that are due, and drop the jobs of long ago."""

from datetime import datetime, timedelta

from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.running import RESENT_AFTER, send_slice

_A_ROUND = 50
KEPT = timedelta(days=90)
KEPT_OF_CLOCK = timedelta(days=2)
"""Of what went well by itself every hour."""


def send_due(*, at: datetime) -> int:
    """Send the next slice of every job that is due: new, put off, or without a sign of life. Return how many.

    Of two clocks one sends it; where the queue is away the next round does.
    """
    sent = 0
    due = Job.objects.filter(ended_at=None, due_at__lte=at).order_by("due_at")
    for job in due[:_A_ROUND]:
        claimed = Job.objects.filter(pk=job.pk, due_at=job.due_at).update(due_at=at + RESENT_AFTER)
        if claimed and not send_slice(job):
            break
        sent += claimed
    return sent


def drop_old_jobs(*, at: datetime) -> None:
    """Delete the jobs that ended long ago; the log keeps who did what."""
    Job.objects.filter(ended_at__lt=at - KEPT).delete()
    of_clock = Job.objects.filter(actor=None, state=JobState.DONE)
    of_clock.filter(ended_at__lt=at - KEPT_OF_CLOCK).delete()
