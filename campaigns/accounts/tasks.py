"""What runs by the clock for people who sign in and those who are invited."""

from django.utils import timezone

from campaignhub.clock.rounds import clock_round, periodic_task
from campaignhub.clock.turns import Turn
from campaignhub.sessions import SessionStore
from campaigns.accounts.services import throttle
from campaigns.accounts.services.invitations import mail as invitation_mail
from campaigns.accounts.tenancy import unscoped

INVITATIONS_A_ROUND = 5


@periodic_task(every=5, queue="mail", expires=60, time_limit=90)
@unscoped("the clock mails every client's invitations")
def deliver_invitations() -> None:
    """Send the invitations that are due: a few a round, which a slow mail service cannot hold up for long."""
    invitation_mail.deliver_invitations(at=timezone.now(), most=INVITATIONS_A_ROUND)


@clock_round(every=3600, budget=60)
def clear_sessions(_turn: Turn) -> None:
    """Delete the sessions that have ended, among them those of passers-by at the sign-in page."""
    SessionStore.clear_expired()


@clock_round(every=3600, budget=60)
def clear_sign_in_counts(_turn: Turn) -> None:
    """Delete what no longer counts of attempts to sign in."""
    throttle.forget_old_counts(at=timezone.now())
