"""What runs by the clock for campaigns that are published."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from campaignhub import ingest
from campaigns.accounts.tenancy import unscoped
from campaigns.publishing.services import lifecycle, propagate


@shared_task(name="publishing.move_due")
@unscoped("the clock moves every client's campaigns")
def move_due() -> None:
    """Open and close the campaigns whose time has come; carry whatever table or host still lack."""
    at = timezone.now()
    lifecycle.due_moves(at)
    propagate.propagate_due(at)


@shared_task(name="publishing.announce_token_keys")
def announce_token_keys() -> None:
    """Keep the names of the keys that sign tokens in the table; see :mod:`ingest_lambda.adapters.tokens`."""
    ingest.announce_token_keys()


TIMETABLE: dict[str, dict[str, Any]] = {
    "open-and-close": {"task": "publishing.move_due", "schedule": 10.0},
    "announce-token-keys": {
        "task": "publishing.announce_token_keys",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
