"""The tables of what is promised."""

from campaigns.models.audit import AuditEntry
from campaigns.models.block import BlockEntry
from campaigns.models.campaign import Campaign, StateChange
from campaigns.models.client import Client
from campaigns.models.form import FormField
from campaigns.models.invitation import Invitation
from campaigns.models.limit import Limit
from campaigns.models.partner import PartnerKey
from campaigns.models.release import Placement, Release
from campaigns.models.sender import SenderIdentity
from campaigns.models.sign_in import SignInCount
from campaigns.models.staff import Membership, User

__all__ = [
    "AuditEntry",
    "BlockEntry",
    "Campaign",
    "Client",
    "FormField",
    "Invitation",
    "Limit",
    "Membership",
    "PartnerKey",
    "Placement",
    "Release",
    "SenderIdentity",
    "SignInCount",
    "StateChange",
    "User",
]
