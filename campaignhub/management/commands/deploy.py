"""``manage.py deploy``: the functions and the templates, to AWS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaignhub.deployment.archives import Archives, build_for
from campaignhub.deployment.errors import CannotDeploy
from campaignhub.deployment.target import MACHINES, Target
from campaignhub.env import VAR


class Command(BaseCommand):
    """Build what is deployed."""

    help = "Build the functions' archives for AWS."
    requires_system_checks = ()  # a deployment needs no database and no secret of the site

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what decides the build."""
        parser.add_argument(
            "--architecture",
            choices=sorted(MACHINES),
            default=Target.architecture,
            help="the processor that functions run on",
        )
        parser.add_argument(
            "--python", default=Target.python, help="the Python that functions run on"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Build, and say what came of it."""
        target = Target(options["python"], options["architecture"])
        try:
            archives = build_for(target, VAR / "archives", VAR / "wheels")
        except CannotDeploy as error:
            raise CommandError(error.message) from error
        self._say_sizes(archives)

    def _say_sizes(self, archives: Archives) -> None:
        for archive in (archives.light, archives.images):
            self.stdout.write(f"{archive}: {archive.stat().st_size / 1_000_000:.1f} MB")
        for name, value in archives.parameters().items():
            self.stdout.write(f"{name}={value}")
