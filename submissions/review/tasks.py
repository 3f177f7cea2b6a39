"""What runs by the clock: the outbox of decisions."""

from django.utils import timezone

from campaignhub.clock import every
from campaigns.accounts.tenancy import unscoped
from submissions.review.services import outbox


@every(2.0, expires=4)
@unscoped("the clock carries every client's decisions")
def propagate_decisions() -> None:
    """Carry the decisions that wait in the outbox."""
    outbox.propagate_decisions(at=timezone.now())
