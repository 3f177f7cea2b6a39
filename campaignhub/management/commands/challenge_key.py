"""``manage.py challenge_key``: give the functions the secret behind a challenge's site key."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import BaseCommand, CommandError

from campaignhub.aws import region_of, secrets_manager
from campaignhub.deployment.challenge_keys import with_challenge_added
from campaignhub.deployment.errors import CannotDeploy
from campaignhub.deployment.sdk_errors import sentence_of, without_credential_logs
from campaignhub.deployment.secret_versions import change_secret
from campaignhub.deployment.token_keys import KNOWN_EVERYWHERE_AFTER


class Command(BaseCommand):
    """Add a site key's secret, which is typed or piped in, and never part of a command."""

    help = "Add the secret of a challenge's site key; publish with that key once functions have it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the secret that all are kept in, and the site key."""
        parser.add_argument("step", choices=["add"])
        parser.add_argument("arn", help="of the secret (output ChallengeSecretsArn)")
        parser.add_argument("site_key", help="as it stands in the page")

    @without_credential_logs()
    def handle(self, *args: Any, arn: str, site_key: str, **options: Any) -> None:
        """Change the secret."""
        given = getpass("Secret key: ") if sys.stdin.isatty() else sys.stdin.readline()
        try:
            change_secret(
                secrets_manager(region=region_of(arn)),
                arn,
                lambda text, _changed_at: with_challenge_added(
                    text, site_key=site_key, secret=given.strip()
                ),
            )
        except CannotDeploy as error:
            raise CommandError(error.message) from error
        except (BotoCoreError, ClientError) as error:
            raise CommandError(
                f"Secrets Manager doesn't answer as it must. {sentence_of(error)}"
            ) from error
        minutes = int(KNOWN_EVERYWHERE_AFTER.total_seconds() // 60)
        self.stdout.write(
            f"{site_key} is added. After {minutes} minutes every function has it: then publish with it."
        )
