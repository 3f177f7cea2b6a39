"""The tables of what is promised."""

from campaigns.models.audit import AuditEntry
from campaigns.models.campaign import Campaign, StateChange
from campaigns.models.client import Client
from campaigns.models.form import FormField
from campaigns.models.limit import Limit
from campaigns.models.release import Release
from campaigns.models.staff import Membership, User

__all__ = [
    "AuditEntry",
    "Campaign",
    "Client",
    "FormField",
    "Limit",
    "Membership",
    "Release",
    "StateChange",
    "User",
]
