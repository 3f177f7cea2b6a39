"""The mail of an invitation: made, sent and forgotten by the worker, token and all."""

import logging
import secrets
from datetime import datetime, timedelta

from anymail.exceptions import AnymailError
from botocore.exceptions import BotoCoreError, ClientError
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from campaignhub.env import env
from campaigns.accounts.models import Invitation, User
from campaigns.accounts.rules.invitations import (
    LIFETIME,
    MOST_MAILS_A_DAY,
    company_to_mail,
    person_to_mail,
)
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services.invitations.shared import hash_of, mailbox_hash, may_invite

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
"""Longer than the mail service may take to answer (``ANYMAIL`` in the settings)."""
MOST_ATTEMPTS = 3
WAIT = timedelta(seconds=30)
POSTPONED = timedelta(hours=1)
_SENDING_ERRORS = (AnymailError, BotoCoreError, ClientError, OSError)


def deliver_invitations(*, at: datetime, most: int) -> int:
    """Send the invitations that are due; return how many went out.

    A link's token is made here and exists only in the mail: whoever invites
    never sees it, and no queue, log or row holds it. A mail that is tried again
    has another token, and the link of an earlier one stops working.
    """
    due = Invitation.objects.open_at(at).filter(mail_due_at__lte=at).order_by("mail_due_at", "pk")
    sent = 0
    for invitation in due.select_related("client", "invited_by")[:most]:
        if not may_invite(invitation.invited_by, invitation.client):
            _due(invitation).update(mail_due_at=None)
        elif _is_over_the_day(invitation, at):
            _due(invitation).update(mail_due_at=at + POSTPONED)
        elif (token := _lease(invitation, at)) and _send(invitation, token, at):
            sent += 1
    return sent


def link_of(token: str) -> str:
    """Return the address in a mail. A fragment reaches no server, so no log and no referrer has it."""
    return f"{env().public_site_url}{reverse('welcome')}#{token}"


def compose(invitation: Invitation, link: str) -> EmailMultiAlternatives:
    """Make the message. It reads alike whether the address has an account or not.

    It greets nobody by name: the name was typed by who invites, and our mail carries
    no words of theirs to people who have not asked for it.
    """
    words = {
        "inviter": _inviter(invitation.invited_by),
        "client": company_to_mail(invitation.client.name, otherwise="a client"),
        "role": Role(invitation.role).label.lower(),
        "link": link,
        "days": LIFETIME.days,
    }
    text = (
        "Hello,\n\n{inviter} invites you to work on the campaigns of {client} on CampaignHub, as "
        "{role}.\n\nOpen the invitation:\n{link}\n\nThe link works once, for {days} days. If you "
        "did not expect this invitation, ignore this e-mail, or open the link and decline.\n"
    )
    message = EmailMultiAlternatives(
        subject=f"You are invited to work on campaigns of {words['client']}",
        body=text.format(**words),
        to=[invitation.address],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("email/invitation.html", words), "text/html")
    return message


def _inviter(inviter: User | None) -> str:
    return person_to_mail(inviter.get_full_name() if inviter else "", otherwise="A colleague")


def _is_over_the_day(invitation: Invitation, at: datetime) -> bool:
    recent = Invitation.objects.filter(
        mailbox_hash=mailbox_hash(invitation.address), mailed_at__gt=at - timedelta(days=1)
    )
    return recent.count() >= MOST_MAILS_A_DAY


def _due(invitation: Invitation) -> QuerySet[Invitation]:
    """Return the row as it was read: of two workers one takes it, and none that ended meanwhile."""
    return Invitation.objects.not_ended().filter(
        pk=invitation.pk, mail_due_at=invitation.mail_due_at
    )


def _lease(invitation: Invitation, at: datetime) -> str | None:
    token, until = secrets.token_urlsafe(32), at + LEASE
    taken = _due(invitation).update(
        token_hash=hash_of(token), mail_due_at=until, mail_attempts=F("mail_attempts") + 1
    )
    invitation.mail_due_at = until
    invitation.mail_attempts += 1
    return token if taken else None


def _send(invitation: Invitation, token: str, at: datetime) -> bool:
    try:
        compose(invitation, link_of(token)).send()
    except _SENDING_ERRORS as error:
        # The service's own words may repeat the address: the kind of error is all that is kept.
        kind = type(error.__cause__ or error).__name__[:60]
        logger.warning("invitation %s not sent: %s", invitation.pk, kind)
        if invitation.mail_attempts < MOST_ATTEMPTS:
            wait = WAIT * 2 ** (invitation.mail_attempts - 1)
            _due(invitation).update(mail_due_at=at + wait)
        else:
            _due(invitation).update(mail_due_at=None, mail_error=kind)
        return False
    _due(invitation).update(mail_due_at=None, mailed_at=at, mail_error="")
    return True
