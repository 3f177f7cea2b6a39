"""What runs by the clock: the delivery of mails."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from campaignhub.env import env
from campaigns.accounts.tenancy import unscoped
from submissions.mail.services import delivery

ROUND_SECONDS = 5


@shared_task(name="mail.deliver_mails")
@unscoped("the clock sends every client's mails")
def deliver_mails() -> None:
    """Send what a round has time for."""
    most = max(1, int(env().mails_per_second * ROUND_SECONDS))
    delivery.deliver_mails(at=timezone.now(), most=most)


TIMETABLE: dict[str, dict[str, Any]] = {
    "deliver-mails": {
        "task": "mail.deliver_mails",
        "schedule": float(ROUND_SECONDS),
        "options": {"expires": ROUND_SECONDS},
    },
}
