"""The sender of a client's mails: does the mail service send for it?"""

import logging
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from campaignhub.aws import ses
from campaigns.models import Client

logger = logging.getLogger(__name__)


def check_sender(client: Client, *, at: datetime) -> bool:
    """Ask the mail service whether it sends for the client's address, and remember the answer.

    A client without an address of its own uses the platform's, which the
    deployment has verified. Where the service does not answer, what was known
    before still counts.
    """
    if not client.sender_email:
        return True
    try:
        verified = any(
            _is_verified(identity)
            for identity in (client.sender_email, client.sender_email.rpartition("@")[2])
        )
    except (BotoCoreError, ClientError) as error:
        logger.warning("sender not checked: %s", type(error).__name__)
        return client.sender_verified_at is not None
    client.sender_verified_at = at if verified else None
    client.save(update_fields=["sender_verified_at"])
    return verified


def _is_verified(identity: str) -> bool:
    try:
        answer = ses().get_email_identity(EmailIdentity=identity)
    except ses().exceptions.NotFoundException:
        return False
    return bool(answer.get("VerifiedForSendingStatus"))
