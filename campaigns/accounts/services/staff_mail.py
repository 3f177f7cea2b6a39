"""A mail to a colleague: greeted, in plain text, about something that a page shows as well."""

import logging
from collections.abc import Sequence

from anymail.exceptions import AnymailError
from botocore.exceptions import BotoCoreError, ClientError
from django.core.mail import EmailMessage

from campaigns.accounts.models import User

logger = logging.getLogger(__name__)
_SENDING_ERRORS = (AnymailError, BotoCoreError, ClientError, OSError)


def staff_mail(person: User, *, subject: str, paragraphs: Sequence[str]) -> EmailMessage:
    """Make the message to somebody."""
    greeting = f"Hello {person.first_name}," if person.first_name else "Hello,"
    return EmailMessage(
        subject=subject,
        body="\n\n".join((greeting, *paragraphs)) + "\n",
        to=[person.email],
        headers={"Auto-Submitted": "auto-generated"},
    )


def is_reachable(person: User) -> bool:
    """Tell whether somebody has an address, and still works here."""
    return bool(person.email and person.is_active)


def send_staff_mail(message: EmailMessage, *, about: str) -> bool:
    """Send it; tell whether the mail service took it. ``about`` is what the log calls a failure."""
    try:
        message.send()
    except _SENDING_ERRORS as error:
        # The service's own words may repeat the address: the kind of error is all that is kept.
        kind = type(error.__cause__ or error).__name__[:60]
        logger.warning("%s: its mail was not sent: %s", about, kind)
        return False
    return True
