"""The tables of clients and people."""

from campaigns.accounts.models.audit import AuditEntry as AuditEntry
from campaigns.accounts.models.client import Client as Client
from campaigns.accounts.models.invitation import Invitation as Invitation
from campaigns.accounts.models.sender import SenderIdentity as SenderIdentity
from campaigns.accounts.models.user import Membership as Membership
from campaigns.accounts.models.user import SignInCount as SignInCount
from campaigns.accounts.models.user import User as User
