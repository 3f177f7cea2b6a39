"""What the rules of jobs refuse."""

from campaignhub.errors import DomainError


class JobHasEnded(DomainError):
    """There is nothing left to cancel."""


class JobNotFailed(DomainError):
    """Only what failed is tried again."""


class SuchJobRuns(DomainError):
    """Another of the same kind is under way, and one at a time is enough."""


class NoRightToJob(DomainError):
    """Its actor may no longer do what it does."""
