"""Invitations: made by who manages a client's staff, ended by their receiver, by their sender or by time."""

from campaigns.accounts.services.errors import (
    AlreadyMember,
    AnotherAccount,
    HasAccount,
    InvitationOver,
    MayNotInvite,
    NotAnAddress,
    TooManyInvitations,
)
from campaigns.accounts.services.invitations.accepting import (
    accept,
    accept_as_new,
    account_of,
    check_name_choice,
    check_password_choice,
    decline,
    invitation_of,
    is_completed,
    open_invitation,
    waits_for,
)
from campaigns.accounts.services.invitations.inviting import (
    invite,
    reinvite,
    withdraw,
    withdraw_those_of,
)

__all__ = [
    "AlreadyMember",
    "AnotherAccount",
    "HasAccount",
    "InvitationOver",
    "MayNotInvite",
    "NotAnAddress",
    "TooManyInvitations",
    "accept",
    "accept_as_new",
    "account_of",
    "check_name_choice",
    "check_password_choice",
    "decline",
    "invitation_of",
    "invite",
    "is_completed",
    "open_invitation",
    "reinvite",
    "waits_for",
    "withdraw",
    "withdraw_those_of",
]
