"""What runs by the clock: the delivery of mails."""

import time

from django.utils import timezone

from campaignhub.clock.rounds import periodic_task
from campaigns.accounts.tenancy import unscoped
from submissions.mail.services import delivery
from submissions.mail.services.pace import PACE

ROUND_SECONDS = 5
EXPIRES_SECONDS = 60
"""What came while a task sent mails still begins when that ends, with nothing to do if none is left; had it expired,
the next would be up to two ticks and some polls of its queue away."""
AGAIN_SECONDS = 20
"""Until when another round begins at once after one that was full: its last mail still goes before the time limit."""


@periodic_task(every=ROUND_SECONDS, queue="mail", expires=EXPIRES_SECONDS, time_limit=90)
@unscoped("the clock sends every client's mails")
def deliver_mails() -> None:
    """Send what a round has time for; while rounds are full, the next one waits for no tick of the clock.

    Behind a backlog a round takes longer than the clock's five seconds: half of the time
    would pass in waiting for them.
    """
    begun = time.monotonic()
    while True:
        most = max(1, int(PACE.per_second * ROUND_SECONDS))
        sent = delivery.deliver_mails(at=timezone.now(), most=most)
        if sent < most or time.monotonic() - begun >= AGAIN_SECONDS:
            return
