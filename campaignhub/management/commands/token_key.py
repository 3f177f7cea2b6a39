"""``manage.py token_key``: change the key that signs tokens, in two steps."""

import secrets
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import BaseCommand, CommandError

from campaignhub.aws import region_of, secrets_manager
from campaignhub.deployment.errors import CannotDeploy
from campaignhub.deployment.sdk_errors import sentence_of, without_credential_logs
from campaignhub.deployment.secret_versions import change_secret
from campaignhub.deployment.token_keys import (
    KNOWN_EVERYWHERE_AFTER,
    next_name,
    with_key_added,
    with_key_promoted,
)
from campaignhub.env import env


class Command(BaseCommand):
    """Add a key to the secret of token keys, or let one that was added sign; of two at once one is refused."""

    help = "Add a key of tokens, and promote it once every function knows it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the step, the secret and, to promote, the key."""
        parser.add_argument("step", choices=["add", "promote"])
        parser.add_argument("secret", help="ARN of the secret (output TokenKeysArn).")
        parser.add_argument("--name", default="", help="The key; made up where one is added.")

    @without_credential_logs()
    def handle(self, *args: Any, step: str, secret: str, name: str, **options: Any) -> None:
        """Change the secret."""
        chosen = name

        def change(text: str, changed_at: datetime) -> str:
            nonlocal chosen
            if step == "add":
                chosen = chosen or next_name(text)
                return with_key_added(text, name=chosen, secret=secrets.token_bytes(32))
            return with_key_promoted(
                text,
                name=name,
                changed_at=changed_at,
                now=datetime.now(UTC),
                site=env().token_keys,
            )

        try:
            change_secret(secrets_manager(region=region_of(secret)), secret, change)
        except CannotDeploy as error:
            raise CommandError(error.message) from error
        except (BotoCoreError, ClientError) as error:
            raise CommandError(
                f"Secrets Manager doesn't answer as it must. {sentence_of(error)}"
            ) from error
        if step == "add":
            minutes = int(KNOWN_EVERYWHERE_AFTER.total_seconds() // 60)
            self.stdout.write(
                f"{chosen} is added and signs nothing yet. Restart the site, and after {minutes} "
                f"minutes: manage.py token_key promote {secret} --name {chosen}"
            )
        else:
            self.stdout.write(f"{name} signs from now on; tokens of the earlier keys stay good.")
