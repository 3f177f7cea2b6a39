"""Why a change to people, their roles and their senders is refused."""

from campaignhub.errors import DomainError

# ---------------------------------------------------------------- invitations


class NotAnAddress(DomainError):
    """What was typed is not an address that mail can be sent to."""


class AlreadyMember(DomainError):
    """The address belongs to a member of this client already."""


class MayNotInvite(DomainError):
    """The inviter does not manage the client's staff, or no longer did when it was accepted."""


class TooManyInvitations(DomainError):
    """The client has sent as many invitations as it may; they are mail to people who did not ask."""


class InvitationOver(DomainError):
    """The invitation is used, declined, withdrawn or expired, or there never was one."""


class AnotherAccount(DomainError):
    """The account that is signed in does not have the address that was invited."""


class HasAccount(DomainError):
    """The invited address has an account, which has to sign in to accept."""


# ---------------------------------------------------------------- staff


class RoleAlreadyHeld(DomainError):
    """The person has this role at this client already."""


class AuditorsRoleIsAlone(DomainError):
    """The person would be an auditor and something else at one client: know the winning moments, and act."""


class MayNotManageStaff(DomainError):
    """The person who changes or withdraws a role does not manage the client's staff (any more)."""


class RoleWithdrawn(DomainError):
    """The role was withdrawn before."""


class LastOwner(DomainError):
    """The client would be left without an owner."""


# ---------------------------------------------------------------- senders


class NotAnOperator(DomainError):
    """The person is no operator, and the mail service's account is every client's."""


class NotAnIdentity(DomainError):
    """What was typed is neither a domain nor an address."""


class IdentityTaken(DomainError):
    """The identity belongs to a client already, or lies within one that does."""


class PlatformsAddress(DomainError):
    """The identity covers the platform's own address, which every client may send from."""
