"""``manage.py amplify_domain CLIENT win.example.com``: a client's own domain before its pages on Amplify."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaignhub import aws
from campaignhub.errors import DomainError
from campaigns.accounts.tenancy import unscoped
from campaigns.hosting.amplify_domain import associate_domain
from campaigns.hosting.models import AmplifyApp


class Command(BaseCommand):
    help = "Lead a client's domain to its campaigns on Amplify. Says what is missing; run it again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the client and the domain."""
        parser.add_argument("client", help="the client's name")
        parser.add_argument("domain")

    @unscoped("an engineer sets up one client's domain")
    def handle(self, *_args: Any, **options: Any) -> None:
        """Ask for the domain, print the records that it needs, and say how far it is."""
        app = AmplifyApp.objects.filter(client__name=options["client"]).first()
        if app is None:
            raise CommandError(
                f"{options['client']} has no page on Amplify yet. Publish one first."
            )
        try:
            state = associate_domain(aws.amplify(), app, options["domain"].lower().rstrip("."))
        except DomainError as error:
            raise CommandError(error.message) from error
        for record in state.records:
            self.stdout.write(f"Set: {record}")
        if not state.is_ready:
            raise CommandError(f"Not yet: {state.status}. {state.reason} Run this again.".strip())
        self.stdout.write(f"{options['domain']} leads to the campaigns of {options['client']}.")
