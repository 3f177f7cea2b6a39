"""What runs by the clock for people who sign in and those who are invited."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from campaignhub.sessions import SessionStore
from campaigns.accounts.services import throttle
from campaigns.accounts.services.invitations import mail as invitation_mail
from campaigns.accounts.tenancy import unscoped

INVITATIONS_A_ROUND = 5


@shared_task(name="accounts.deliver_invitations")
@unscoped("the clock mails every client's invitations")
def deliver_invitations() -> None:
    """Send the invitations that are due: a few a round, which a slow mail service cannot hold up for long."""
    invitation_mail.deliver_invitations(at=timezone.now(), most=INVITATIONS_A_ROUND)


@shared_task(name="accounts.clear_sessions")
def clear_sessions() -> None:
    """Delete the sessions that have ended, among them those of passers-by at the sign-in page."""
    SessionStore.clear_expired()


@shared_task(name="accounts.clear_sign_in_counts")
def clear_sign_in_counts() -> None:
    """Delete what no longer counts of attempts to sign in."""
    throttle.forget_old_counts(at=timezone.now())


TIMETABLE: dict[str, dict[str, Any]] = {
    "deliver-invitations": {
        "task": "accounts.deliver_invitations",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "clear-sessions": {"task": "accounts.clear_sessions", "schedule": 3600.0},
    "clear-sign-in-counts": {"task": "accounts.clear_sign_in_counts", "schedule": 3600.0},
}
