"""What runs by the clock: the outbox of decisions."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from campaigns.accounts.tenancy import unscoped
from submissions.review.services import outbox


@shared_task(name="review.propagate_decisions")
@unscoped("the clock carries every client's decisions")
def propagate_decisions() -> None:
    """Carry the decisions that wait in the outbox."""
    outbox.propagate_decisions(at=timezone.now())


TIMETABLE: dict[str, dict[str, Any]] = {
    "propagate-decisions": {
        "task": "review.propagate_decisions",
        "schedule": 2.0,
        "options": {"expires": 4},
    },
}
