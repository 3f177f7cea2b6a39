"""Why an invitation is not sent, or not accepted."""

from campaignhub.errors import DomainError


class NotAnAddress(DomainError):
    """An invitation needs an address that mail can be sent to."""

    code = "not_an_address"


class AlreadyMember(DomainError):
    """The address belongs to a member of this client already."""

    code = "already_member"


class MayNotInvite(DomainError):
    """Who invites manages the client's staff, at this moment and until the invitation is accepted."""

    code = "may_not_invite"


class TooManyInvitations(DomainError):
    """Invitations are mail to people who have not asked for it."""

    code = "too_many_invitations"


class InvitationOver(DomainError):
    """An invitation that cannot be accepted: used, declined, withdrawn, expired, or none of ours."""

    code = "invitation_over"


class AnotherAccount(DomainError):
    """An invitation is accepted by the account of its own address."""

    code = "another_account"


class HasAccount(DomainError):
    """The address has an account, which signs in to accept."""

    code = "has_account"
