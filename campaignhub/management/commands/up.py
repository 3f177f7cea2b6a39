"""``manage.py up``: the whole platform on this machine, in one terminal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaignhub.embedded.processes import EmbeddedError
from campaignhub.embedded.services import Plan
from campaignhub.embedded.supervisor import Supervisor
from campaignhub.env import ROOT, VAR, env


class Command(BaseCommand):
    """Start AWS's stand-in, the site, the worker and the Pipes; Ctrl-C ends them."""

    help = "Run the whole platform on this machine, with a demo; Ctrl-C stops it."
    requires_system_checks = ()  # the services check themselves; here it would cost seconds

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until stopped."""
        settings = env()
        plan = Plan(
            root=ROOT,
            var=VAR,
            web_port=settings.web_port,
            aws_port=settings.aws_port,
            fixed=frozenset(settings.model_fields_set & {"web_port", "aws_port"}),
            parameters={
                "IngestConsumer": settings.ingest_consumer,
                "PipeTarget": settings.pipe_target,
            },
        )
        try:
            Supervisor(plan).run()
        except EmbeddedError as error:
            raise CommandError(str(error)) from error
