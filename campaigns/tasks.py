"""What runs by the clock."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from campaignhub import ingest
from campaignhub.sessions import SessionStore
from campaigns.services import blocks, carry, life, throttle
from campaigns.services.invitations import mail as invitation_mail

INVITATIONS_A_ROUND = 5


@shared_task(name="campaigns.move_due")
def move_due() -> None:
    """Open and close the campaigns whose time has come; carry whatever table or host still lack."""
    at = timezone.now()
    life.due_moves(at)
    carry.carry_due(at)
    blocks.carry_due_block_lists()


@shared_task(name="campaigns.announce_token_keys")
def announce_token_keys() -> None:
    """Keep the names of the keys that sign tokens in the table; see :mod:`ingest_lambda.adapters.tokens`."""
    ingest.announce_token_keys()


@shared_task(name="campaigns.deliver_invitations")
def deliver_invitations() -> None:
    """Send the invitations that are due: a few a round, which a slow mail service cannot hold up for long."""
    invitation_mail.deliver_invitations(at=timezone.now(), most=INVITATIONS_A_ROUND)


@shared_task(name="campaigns.clear_sessions")
def clear_sessions() -> None:
    """Delete the sessions that have ended, among them those of passers-by at the sign-in page."""
    SessionStore.clear_expired()


@shared_task(name="campaigns.clear_sign_in_counts")
def clear_sign_in_counts() -> None:
    """Delete what no longer counts of attempts to sign in."""
    throttle.forget_old_counts(at=timezone.now())


TIMETABLE: dict[str, dict[str, Any]] = {
    "open-and-close": {"task": "campaigns.move_due", "schedule": 10.0},
    "announce-token-keys": {
        "task": "campaigns.announce_token_keys",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "deliver-invitations": {
        "task": "campaigns.deliver_invitations",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "clear-sessions": {"task": "campaigns.clear_sessions", "schedule": 3600.0},
    "clear-sign-in-counts": {"task": "campaigns.clear_sign_in_counts", "schedule": 3600.0},
}
