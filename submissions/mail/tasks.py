"""What runs by the clock: the delivery of mails."""

from django.utils import timezone

from campaignhub.clock.rounds import periodic_task
from campaigns.accounts.tenancy import unscoped
from submissions.mail.services import delivery
from submissions.mail.services.pace import PACE

ROUND_SECONDS = 5


@periodic_task(every=ROUND_SECONDS, queue="mail", expires=ROUND_SECONDS, time_limit=90)
@unscoped("the clock sends every client's mails")
def deliver_mails() -> None:
    """Send what a round has time for."""
    most = max(1, int(PACE.per_second * ROUND_SECONDS))
    delivery.deliver_mails(at=timezone.now(), most=most)
