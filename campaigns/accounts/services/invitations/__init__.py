"""Invitations: made by who manages a client's staff, ended by their receiver, by their sender or by time."""

from campaigns.accounts.services.errors import AnotherAccount as AnotherAccount
from campaigns.accounts.services.errors import HasAccount as HasAccount
from campaigns.accounts.services.errors import InvitationOver as InvitationOver
from campaigns.accounts.services.errors import MayNotInvite as MayNotInvite
from campaigns.accounts.services.errors import NotAnAddress as NotAnAddress
from campaigns.accounts.services.errors import TooManyInvitations as TooManyInvitations
from campaigns.accounts.services.invitations.accepting import accept as accept
from campaigns.accounts.services.invitations.accepting import accept_as_new as accept_as_new
from campaigns.accounts.services.invitations.accepting import account_of as account_of
from campaigns.accounts.services.invitations.accepting import check_name_choice as check_name_choice
from campaigns.accounts.services.invitations.accepting import (
    check_password_choice as check_password_choice,
)
from campaigns.accounts.services.invitations.accepting import decline as decline
from campaigns.accounts.services.invitations.accepting import invitation_of as invitation_of
from campaigns.accounts.services.invitations.accepting import is_completed as is_completed
from campaigns.accounts.services.invitations.accepting import open_invitation as open_invitation
from campaigns.accounts.services.invitations.accepting import waits_for as waits_for
from campaigns.accounts.services.invitations.inviting import invite as invite
from campaigns.accounts.services.invitations.inviting import reinvite as reinvite
from campaigns.accounts.services.invitations.inviting import withdraw as withdraw
from campaigns.accounts.services.invitations.inviting import withdraw_those_of as withdraw_those_of
