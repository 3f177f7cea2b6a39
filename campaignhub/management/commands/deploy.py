"""``manage.py deploy``: the public path to AWS, with one command."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaignhub.deployment.archives import Archives, build_for
from campaignhub.deployment.deploy import GOES_ON, Deployment, Options
from campaignhub.deployment.errors import CannotDeploy
from campaignhub.deployment.plan import Plan, plan_named, refuse_secrets
from campaignhub.deployment.sdk_errors import sentence_of, without_credential_logs
from campaignhub.deployment.settings_file import settings_of, store_settings
from campaignhub.env import ROOT, VAR, env, environment_with, given_by_a_person


class Command(BaseCommand):
    """Build, deploy, store what came of it, and publish again what Django knows."""

    help = "Deploy the public path to AWS as deployments/NAME.toml says. Can be run again."
    requires_system_checks = ()  # a deployment needs no database and no secret of the site

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the installation's name, and how to go about it."""
        parser.add_argument(
            "name", help="of the installation: deployments/NAME.toml says what it is"
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="show what would change, refuse what must not, and change nothing",
        )
        parser.add_argument(
            "--build", action="store_true", help="build the archives only, and say their parameters"
        )
        parser.add_argument(
            "--allow",
            action="append",
            default=[],
            metavar="RESOURCE",
            help="logical id of a resource that may be replaced or removed with what it holds",
        )

    @without_credential_logs()
    def handle(self, *_args: Any, **options: Any) -> None:
        """Deploy; what is refused, and what failed, is said in one sentence."""
        name = options["name"]
        try:
            plan = plan_named(name)
            secret = _secrets()
            refuse_secrets(secret)
            archives = build_for(
                plan.target, VAR / "archives", VAR / "wheels", is_compiled=plan.compiled
            )
            self._say_sizes(archives)
            if options["build"]:
                return
            deployment = Deployment(
                plan,
                archives,
                boto3.Session(region_name=plan.region),
                say=self._say,
                secret=secret,
                options=Options(check_only=options["check"], allowed=options["allow"]),
            )
            outputs = deployment.run()
        except CannotDeploy as error:
            raise CommandError(error.message) from error
        except BotoCoreError as error:
            # A profile that is not there, for one: known before the first call.
            raise CommandError(sentence_of(error)) from error
        except KeyboardInterrupt as stopped:
            left = "Nothing was changed." if options["check"] or options["build"] else GOES_ON
            raise CommandError(f"Stopped. {left}", returncode=130) from stopped
        if not options["check"]:
            self._store(name, plan, outputs)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _say_sizes(self, archives: Archives) -> None:
        for archive in (archives.light, archives.images):
            self._say(f"{archive.name}: {archive.stat().st_size / 1_000_000:.1f} MB")
        for name, value in archives.parameters().items():
            self._say(f"{name}={value}")

    def _store(self, name: str, plan: Plan, outputs: dict[str, str]) -> None:
        for output, value in sorted(outputs.items()):
            self._say(f"{output}={value}")
        path = VAR / "deployments" / f"{name}.json"
        try:
            store_settings(path, settings_of(outputs, region=plan.region, label=name))
        except OSError as error:
            raise CommandError(
                f"Deployed; but the site's settings are not written: {error}. Run this again when that is "
                "mended; nothing else changes then."
            ) from error
        self._say(f"The site's settings are in {path}: CAMPAIGNHUB_ENV_FILE={path}")
        if "database_url" not in env().model_fields_set:
            # The database of this machine's demo has no place there.
            self._say("Last, where DATABASE_URL is set: manage.py republish")
            return
        self._republish(path)

    def _republish(self, path: Path) -> None:
        """Write what Django knows to the new table and host; in a process that reads the new settings."""
        ran = subprocess.run(  # noqa: S603
            [sys.executable, str(ROOT / "manage.py"), "republish"],
            check=False,
            env=environment_with(CAMPAIGNHUB_ENV_FILE=str(path)),
        )
        if ran.returncode:
            raise CommandError("Deployed; but not every campaign is written there yet, see above.")


def _secrets() -> dict[str, str]:
    """Return secret parameters that whoever deploys has set, by the templates' names."""
    names = {
        "TOKEN_KEYS": "TokenKeys",
        "PERSON_SECRET": "PersonSecret",
        "ORIGIN_SECRET": "OriginSecret",
        "CHALLENGE_SECRETS": "ChallengeSecrets",
    }
    return {names[name]: value for name, value in given_by_a_person(*names).items()}
