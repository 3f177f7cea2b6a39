"""Roles and what each may do. One table, read by every page."""

from collections.abc import Collection
from enum import StrEnum

from campaignhub.words import Worded


class Role(Worded):
    """A function that a member of staff has at a client (DOMAIN §7)."""

    OWNER = "owner"
    CAMPAIGN_MANAGER = "campaign_manager"
    MODERATOR = "moderator"
    AUDITOR = "auditor"


class Capability(StrEnum):
    """Something that a page or call may require."""

    CAMPAIGN_VIEW = "campaign.view"
    CAMPAIGN_EDIT = "campaign.edit"
    CAMPAIGN_PUBLISH = "campaign.publish"
    CLIENT_EDIT = "client.edit"
    STAFF_MANAGE = "staff.manage"
    SUBMISSION_VIEW = "submission.view"
    SUBMISSION_REVIEW = "submission.review"
    SUBMISSION_CONTACT = "submission.contact"
    SUBMISSION_LEAD = "submission.lead"
    MAIL_VIEW = "mail.view"
    MAIL_SEND = "mail.send"
    OPERATIONS = "operations"
    JOB_VIEW = "job.view"
    AUDIT_VIEW = "audit.view"
    PRIZE_CODES = "prize.codes"
    PRIZE_MOMENTS = "prize.moments"


_MODERATOR = frozenset(
    {Capability.CAMPAIGN_VIEW, Capability.SUBMISSION_VIEW, Capability.SUBMISSION_REVIEW}
)
_MANAGER = _MODERATOR | {
    Capability.CAMPAIGN_EDIT,
    Capability.CAMPAIGN_PUBLISH,
    Capability.SUBMISSION_CONTACT,
    Capability.SUBMISSION_LEAD,
    Capability.MAIL_VIEW,
    Capability.MAIL_SEND,
    Capability.OPERATIONS,
    Capability.JOB_VIEW,
}
_OWNER = _MANAGER | {
    Capability.CLIENT_EDIT,
    Capability.STAFF_MANAGE,
    Capability.AUDIT_VIEW,
    Capability.PRIZE_CODES,
}
NEVER_BY_OPERATING = frozenset({Capability.PRIZE_MOMENTS})
"""What operators have by no right of theirs: who knows a winning moment could have it won."""
CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.OWNER: _OWNER,
    Role.CAMPAIGN_MANAGER: frozenset(_MANAGER),
    Role.MODERATOR: _MODERATOR,
    Role.AUDITOR: frozenset(
        {Capability.CAMPAIGN_VIEW, Capability.AUDIT_VIEW, Capability.PRIZE_MOMENTS}
    ),
}


BY_OPERATING = frozenset(Capability) - NEVER_BY_OPERATING
"""What operators may do at every client."""


def is_independent(roles: Collection[str]) -> bool:
    """Tell whether one person may have all of these roles at a client.

    Who knows when a moment comes may neither enter people, decide nor publish: an
    auditor is an auditor only.
    """
    return Role.AUDITOR.value not in roles or set(roles) == {Role.AUDITOR.value}


def roles_with(capability: Capability) -> list[str]:
    """Return the roles that have ``capability``, for a query over memberships."""
    return [role.value for role, granted in CAPABILITIES.items() if capability in granted]
