"""What a deployment refuses, each with one sentence for the person who deploys."""

from campaignhub.errors import DomainError


class CannotDeploy(DomainError):
    """The deployment can't begin, or did not come to its end."""

    code = "cannot_deploy"


class CannotPack(CannotDeploy):
    """The functions' archives can't be built for their target."""

    code = "cannot_pack"
