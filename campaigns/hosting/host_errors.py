"""What a host refuses."""

from campaignhub.errors import DomainError


class VersionGone(DomainError):
    """The version of a page that is to be shown again was removed, or was never whole."""


class HostIsFull(DomainError):
    """The host has no room for another page; the sentence says which limit it is, and what helps."""


class StillDeploying(DomainError):
    """The host is at work on the page, or on others before it; the next attempt goes on from there."""
