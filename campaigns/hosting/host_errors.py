"""What a host refuses."""

from campaignhub.errors import DomainError


class VersionGone(DomainError):
    """The version of a page that is to be shown again was removed, or was never whole."""
