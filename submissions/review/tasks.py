"""What runs by the clock: the outbox of decisions."""

from django.utils import timezone

from campaignhub.clock.rounds import clock_round
from campaignhub.clock.turns import Turn
from campaigns.accounts.tenancy import unscoped
from submissions.review.services import outbox


@clock_round(every=2, budget=20)
@unscoped("the clock carries every client's decisions")
def propagate_decisions(turn: Turn) -> None:
    """Carry the decisions that wait in the outbox."""
    outbox.propagate_decisions(at=timezone.now(), turn=turn)
