"""What runs by the clock: photos that never came or give no picture, questions without an answer, refusals to look into.

Each is a round of its own, since some read the table and the others must not wait for it.
"""

from django.utils import timezone

from campaignhub.clock.rounds import clock_round
from campaignhub.clock.turns import Turn
from campaigns.accounts.tenancy import unscoped
from submissions.intake.services import missing_photos, refusals, unanswered
from submissions.review.services import fraud_checks

EVERY_SECONDS = 300
BUDGET_SECONDS = 120


@clock_round(every=EVERY_SECONDS, budget=BUDGET_SECONDS)
@unscoped("the clock looks at every client's submissions")
def recheck_suspects(turn: Turn) -> None:
    """Look again at what may be a copy of something that came later."""
    fraud_checks.recheck(at=timezone.now(), turn=turn)


@clock_round(every=EVERY_SECONDS, budget=BUDGET_SECONDS)
@unscoped("the clock looks at every client's submissions")
def ask_for_photos(turn: Turn) -> None:
    """Ask again for photos that never came or give no picture."""
    missing_photos.ask_for_photos(at=timezone.now(), turn=turn)
    missing_photos.ask_where_it_counts_unseen(at=timezone.now(), turn=turn)


@clock_round(every=EVERY_SECONDS, budget=BUDGET_SECONDS)
@unscoped("the clock looks at every client's submissions")
def reject_unanswered(turn: Turn) -> None:
    """Close what was not answered in time; move the deadline of what nobody was told of."""
    unanswered.move_deadlines(at=timezone.now(), turn=turn)
    unanswered.reject_unanswered(at=timezone.now(), turn=turn)


@clock_round(every=EVERY_SECONDS, budget=BUDGET_SECONDS)
@unscoped("the clock looks at every client's submissions")
def look_into_refusals(turn: Turn) -> None:
    """Bring refusals that nobody looked into before a moderator."""
    refusals.look_into_refusals(at=timezone.now(), turn=turn)
