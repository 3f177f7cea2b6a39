"""Running jobs in a test: the next slice of each is delivered by hand, as the worker would get it."""

from datetime import datetime

from django.utils import timezone

from campaigns.jobs.models import Job
from campaigns.jobs.services.running import run_slice

MOST_SLICES = 50


def run_jobs(*, at: datetime | None = None) -> list[Job]:
    """Run every job under way to its end, those that it starts too; return the jobs that were run."""
    ran: set[int] = set()
    for _ in range(MOST_SLICES):
        waiting = list(Job.objects.filter(ended_at=None).order_by("pk"))
        if not waiting:
            return list(Job.objects.filter(pk__in=ran).order_by("pk"))
        for job in waiting:
            ran.add(job.pk)
            run_slice(
                job.pk,
                job.slice_no,
                clock=lambda: at or timezone.now(),
                enough=lambda: False,
            )
    raise AssertionError(f"{waiting} don't end.")
