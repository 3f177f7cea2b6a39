"""What runs by the clock. Each task is one more entry point and holds no rule."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from campaignhub.env import env
from submissions.services import (
    ledger,
    ledger_rounds,
    mails,
    outbox,
    refused,
    suspects,
    sweeps,
    unsent,
)
from submissions.services.mirror import SETTLES_WITHIN

MAIL_ROUND_SECONDS = 5
LEDGER_LOOKS_BACK = timedelta(hours=26)
"""Of the hourly comparison: a day and a bit. ``manage.py reconcile`` compares all there is."""

ASKED_ROUND_SECONDS = 20
UNSENT_ROUND_SECONDS = 120
UNSENT_EVERY_SECONDS = 900
"""Each round that has something to do looks through the quarantine, whose messages may be looked at a
thousand times in their seven days (``maxReceiveCount`` in template.yaml)."""


@shared_task(name="submissions.carry_decisions")
def carry_decisions() -> None:
    """Carry the decisions that wait in the outbox."""
    outbox.carry_decisions(at=timezone.now())


@shared_task(name="submissions.deliver_mails")
def deliver_mails() -> None:
    """Send what a round has time for."""
    most = max(1, int(env().mails_per_second * MAIL_ROUND_SECONDS))
    mails.deliver_mails(at=timezone.now(), most=most)


@shared_task(name="submissions.sweep")
def sweep() -> None:
    """Ask again for photos that never came, and close what nobody answered in time."""
    suspects.look_again(at=timezone.now())
    sweeps.ask_for_missing_images(at=timezone.now())
    sweeps.ask_where_it_counts_unseen(at=timezone.now())
    sweeps.reject_unanswered(at=timezone.now())
    refused.look_into_refusals(at=timezone.now())


@shared_task(name="submissions.reconcile")
def reconcile() -> None:
    """Compare the last day with the table, and close gaps; then go on with the round through all items."""
    now = timezone.now()
    ledger.reconcile(at=now, since=now - LEDGER_LOOKS_BACK, until=now - SETTLES_WITHIN)
    ledger_rounds.go_on(at=timezone.now(), enough=_after(ledger_rounds.SECONDS_AN_HOUR))


@shared_task(name="submissions.compare_all_items")
def compare_all_items() -> None:
    """Go on with the round through all items that somebody asked for, if there is one."""
    ledger_rounds.go_on(at=timezone.now(), enough=_after(ASKED_ROUND_SECONDS), only_asked=True)


@shared_task(name="submissions.sweep_unsent")
def sweep_unsent() -> None:
    """Sweep photos that no submission names, as far as a round has time for."""
    unsent.sweep_unsent(at=timezone.now(), enough=_after(UNSENT_ROUND_SECONDS))


def _after(seconds: float) -> Callable[[], bool]:
    ends_at = time.monotonic() + seconds
    return lambda: time.monotonic() >= ends_at


TIMETABLE: dict[str, dict[str, Any]] = {
    "carry-decisions": {
        "task": "submissions.carry_decisions",
        "schedule": 2.0,
        "options": {"expires": 4},
    },
    "deliver-mails": {
        "task": "submissions.deliver_mails",
        "schedule": float(MAIL_ROUND_SECONDS),
        "options": {"expires": MAIL_ROUND_SECONDS},
    },
    "sweep-submissions": {
        "task": "submissions.sweep",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "reconcile": {
        "task": "submissions.reconcile",
        "schedule": crontab(minute="7"),
        "options": {"expires": 3000},
    },
    "sweep-unsent-photos": {
        "task": "submissions.sweep_unsent",
        "schedule": float(UNSENT_EVERY_SECONDS),
        "options": {"expires": UNSENT_EVERY_SECONDS},
    },
    "compare-all-items": {
        "task": "submissions.compare_all_items",
        "schedule": float(ASKED_ROUND_SECONDS),
        "options": {"expires": ASKED_ROUND_SECONDS},
    },
}
