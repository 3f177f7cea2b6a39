"""A change of a secret that builds on what it was: of two at once the second is refused, and loses nothing."""

import hashlib
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from campaignhub.deployment.errors import CannotDeploy
from ingest_lambda.contract.keys import MalformedSecret

_MOST_VERSIONS = 20
"""How often a person may have put an earlier version back in force, each of which took a name."""


def change_secret(manager: Any, arn: str, change: Callable[[str, Any], str]) -> None:
    """Replace a secret's text by what ``change`` makes of it and of when it was made.

    Secrets Manager has no conditional write. It refuses a second text under the
    name of a version that is there, though, so the next version is named after the
    one that was read: of two writers who read the same, one is refused.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html

    Raises:
        CannotDeploy: ``change`` refused, another change was quicker, or the text is not to be read.
    """
    held = manager.get_secret_value(SecretId=arn)
    try:
        text = change(held["SecretString"], held["CreatedDate"])
    except MalformedSecret as error:
        raise CannotDeploy(
            f"The secret is not as functions read it: {error}. Put an earlier version back in force "
            "(AWSPREVIOUS) in Secrets Manager."
        ) from error
    for number in range(_MOST_VERSIONS):
        if _put(manager, arn, text, _name_after(held["VersionId"], number)):
            return
        now = manager.get_secret_value(SecretId=arn)["VersionId"]
        if now != held["VersionId"]:
            break
        # A person put this version back in force; what came after it then keeps its name.
    raise CannotDeploy("The secret was changed by someone else meanwhile. Run this again.")


def _put(manager: Any, arn: str, text: str, version: str) -> bool:
    try:
        manager.put_secret_value(SecretId=arn, SecretString=text, ClientRequestToken=version)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceExistsException":
            raise
        return False
    return True


def _name_after(version: str, number: int) -> str:
    """Return the name of the version that follows another, 32 to 64 characters long."""
    return hashlib.sha256(f"{version} {number}".encode()).hexdigest()
