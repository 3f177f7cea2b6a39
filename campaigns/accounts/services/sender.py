"""Who a client's mails come from, and whether the mail service sends for it."""

import logging
from datetime import datetime
from email.utils import parseaddr

from botocore.exceptions import BotoCoreError, ClientError

from campaignhub.aws import ses
from campaignhub.env import env
from campaigns.accounts.models import Client, SenderIdentity
from campaigns.accounts.rules.lines import one_line
from campaigns.accounts.rules.senders import (
    PRODUCT,
    covers,
    name_on_behalf,
    names_at_the_service,
    sender_name_problem,
    tidy_identity,
)

logger = logging.getLogger(__name__)


def platform_address() -> str:
    """Return the address of the platform's own, for clients without one."""
    return parseaddr(env().default_from_email)[1]


def verified_sender(client: Client) -> str:
    """Return the address that a client chose, if its mails may come from there; else nothing.

    It has to be at an identity which operators assigned to this very client and
    which the mail service sends for. That the service sends for it is not enough,
    because its account is every client's.
    """
    address = tidy_identity(client.sender_email)
    allowed = address and any(
        identity.verified_at and covers(identity.identity, address)
        for identity in client.sender_identities.all()
    )
    return address if allowed else ""


def sender_for(client: Client, *, chosen: str = "") -> tuple[str, str]:
    """Return the name and the address that mails of ``client`` come from; ``chosen`` is what a campaign calls itself.

    A name that the client chose stands before its own address alone, whose domain
    tells whose mail it is. Before the platform's, which is every client's, it could be
    that of another company; so the name that operators gave the client stands there.
    """
    if not (own := verified_sender(client)):
        return _shared(client)
    names = (chosen, client.sender_name, client.name)
    fitting = (one_line(name) for name in names if name and not sender_name_problem(name))
    return next(fitting, ""), own


def shared_sender(client: Client) -> str:
    """Return how mails of a client without an address of its own are signed, as a mail program shows it."""
    name, address = _shared(client)
    return f"{name} <{address}>"


def _shared(client: Client) -> tuple[str, str]:
    platform, address = parseaddr(env().default_from_email)
    return name_on_behalf(client.name, platform or PRODUCT), address


def is_ready(client: Client) -> bool:
    """Tell whether mails would come from the address that ``client`` chose; the platform's always may."""
    return not client.sender_email or bool(verified_sender(client))


def check_sender(client: Client, *, at: datetime) -> bool:
    """Ask the mail service about the identities behind the address that ``client`` chose.

    Return whether mails may come from it now. A client without an address uses
    the platform's, which the deployment has verified.
    """
    for identity in client.sender_identities.all():
        if covers(identity.identity, client.sender_email):
            check_identity(identity, at=at)
    return is_ready(client)


def check_identity(identity: SenderIdentity, *, at: datetime) -> bool:
    """Ask the mail service whether it sends for an identity, and remember the answer.

    Where it does not answer, what was known before still counts.
    """
    try:
        verified = any(map(_is_verified, names_at_the_service(identity.identity)))
    except (BotoCoreError, ClientError) as error:
        logger.warning("sender not checked: %s", type(error).__name__)
        return identity.verified_at is not None
    identity.verified_at = at if verified else None
    SenderIdentity.objects.filter(pk=identity.pk).update(verified_at=identity.verified_at)
    return verified


def _is_verified(identity: str) -> bool:
    try:
        answer = ses().get_email_identity(EmailIdentity=identity)
    except ses().exceptions.NotFoundException:
        return False
    return bool(answer.get("VerifiedForSendingStatus"))
