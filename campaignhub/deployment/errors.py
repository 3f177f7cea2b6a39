"""What a deployment refuses, each with one sentence for the person who deploys."""

from campaignhub.errors import DomainError


class CannotDeploy(DomainError):
    """The deployment can't begin, or did not come to its end."""


class CannotPack(CannotDeploy):
    """The functions' archives can't be built for their target."""


class StackFailed(CannotDeploy):
    """CloudFormation refused a change, or gave it up and rolled it back."""


class ReplacesWhatMustStay(CannotDeploy):
    """A change would replace or remove what holds data, or what has a fixed name."""


class AccountNotReady(CannotDeploy):
    """Names, quotas or settings of the account don't admit the deployment."""
