"""What both sides of an invitation share: whose an address is, the client's lock, the token, the log."""

import hashlib
from datetime import datetime

from campaignhub import ingest
from campaigns.accounts.models import Client, Invitation, User
from campaigns.accounts.rules.invitations import clean_address
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.accounts.services.scope import can_still


def may_invite(inviter: User | None, client: Client) -> bool:
    """Tell whether somebody manages the staff of a client at this moment. The system itself may invite."""
    return inviter is None or can_still(inviter, Capability.STAFF_MANAGE, client)


def hash_of(token: str) -> str:
    """Return how a token is kept. It is random enough to need no key and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def mailbox_hash(address: str) -> str:
    """Return what addresses of one mailbox share, whatever tag or dots they are written with."""
    return ingest.mailbox_hash("invitations", address)


def is_of(account: User, address: str) -> bool:
    """Tell whether an account is the one of a cleaned address, compared by us and not by the database."""
    return address in (clean_address(account.email), account.username)


def locked(client: Client) -> Client:
    """Lock the client: who joins it and who leaves it is decided one after the other."""
    return Client.objects.select_for_update().get(pk=client.pk)


def log(code: str, invitation: Invitation, *, actor: User | None, at: datetime) -> None:
    """Leave a line in the log. It names the invitation; its address is looked up by who may read it."""
    audit.record(invitation, code, actor=actor, at=at, after={"role": invitation.role})
