"""How the secret behind a challenge's site key is given to the functions. Pure.

In two steps, as with tokens: a function that does not have the secret yet can't
reach the provider, and a campaign may refuse entries then. So the secret comes
first, and the campaign is published with its site key once every function has it.
The one before stays, for pages that are open.
"""

from campaignhub.deployment.errors import CannotDeploy
from ingest_lambda.contract.keys import MalformedSecret, challenge_secrets_of


def with_challenge_added(text: str, *, site_key: str, secret: str) -> str:
    """Return the secrets with that of one more site key.

    Raises:
        CannotDeploy: one of the two can't be written, or the site key has a secret: a provider
            changes it at once, and functions would ask with either for minutes.
    """
    held = challenge_secrets_of(text)
    if site_key in held:
        raise CannotDeploy(
            f"{site_key} has a secret. Have the provider make another site key, add that, and "
            "publish with it."
        )
    together = ",".join(f"{key}:{value}" for key, value in {**held, site_key: secret}.items())
    try:
        read = challenge_secrets_of(together)
    except MalformedSecret as error:
        raise CannotDeploy("Neither may be empty or have blanks or commas in it.") from error
    if read != {**held, site_key: secret}:
        raise CannotDeploy("A site key has no colon in it.")
    return together
