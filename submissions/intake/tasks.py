"""What runs by the clock: photos that never came or give no picture, questions without an answer, refusals to look into."""

from django.utils import timezone

from campaignhub.clock import every
from campaigns.accounts.tenancy import unscoped
from submissions.intake.services import missing_photos, refusals, unanswered
from submissions.review.services import fraud_checks


@every(300.0, expires=300)
@unscoped("the clock looks at every client's submissions")
def settle_overdue() -> None:
    """Ask again for photos that never came or give no picture, and close what was not answered in time."""
    fraud_checks.recheck(at=timezone.now())
    missing_photos.ask_for_photos(at=timezone.now())
    missing_photos.ask_where_it_counts_unseen(at=timezone.now())
    unanswered.move_deadlines(at=timezone.now())
    unanswered.reject_unanswered(at=timezone.now())
    refusals.look_into_refusals(at=timezone.now())
