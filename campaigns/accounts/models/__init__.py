"""The tables of clients and people."""

from campaigns.accounts.models.audit import AuditEntry
from campaigns.accounts.models.client import Client
from campaigns.accounts.models.invitation import Invitation
from campaigns.accounts.models.sender import SenderIdentity
from campaigns.accounts.models.sign_in import SignInCount
from campaigns.accounts.models.user import Membership, User

__all__ = [
    "AuditEntry",
    "Client",
    "Invitation",
    "Membership",
    "SenderIdentity",
    "SignInCount",
    "User",
]
