"""``manage.py client_domain CLIENT win.example.com``: the domain under which a client's pages and mails are found."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaignhub import aws
from campaignhub.env import env
from campaignhub.errors import DomainError
from campaigns.accounts.models import Client
from campaigns.accounts.services import audit
from campaigns.accounts.tenancy import unscoped
from campaigns.hosting.amplify_domain import associate_domain
from campaigns.hosting.host import give_domain
from campaigns.hosting.models import AmplifyApp
from campaigns.setup.models import Campaign


class Command(BaseCommand):
    help = "Lead a client's domain to its campaigns. Says what is missing; run it again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the client and the domain."""
        parser.add_argument("client", help="the client's name")
        parser.add_argument("domain", help="empty: the installation's own again")

    @unscoped("an engineer sets up one client's domain")
    def handle(self, *_args: Any, **options: Any) -> None:
        """Take the domain where the distribution answers to it, or ask Amplify for it."""
        client = Client.objects.filter(name=options["client"]).first()
        if client is None:
            raise CommandError(f"There is no client {options['client']}.")
        domain = options["domain"].lower().rstrip(".")
        if env().site_host == "amplify":
            self._ask_amplify(client, domain)
        else:
            self._take(client, domain)

    def _take(self, client: Client, domain: str) -> None:
        if domain and domain not in env().page_domains_list:
            raise CommandError(
                f"The distribution does not answer to {domain}. First: manage.py domain add {domain} NAME."
            )
        if domain and domain == env().page_domains_list[0]:
            raise CommandError(f"{domain} is the installation's own, for clients without a domain.")
        _refuse_another_s(client, domain)
        try:
            with transaction.atomic():
                before = Client.objects.select_for_update().get(pk=client.pk).page_domain
                # Before the distribution is asked: of two clients at once the second waits here for the
                # first, and is refused by the constraint.
                Client.objects.filter(pk=client.pk).update(page_domain=domain)
                if before != domain:
                    audit.record(
                        client,
                        "client.domain_changed",
                        actor=None,
                        at=timezone.now(),
                        before={"domain": before},
                        after={"domain": domain},
                    )
                # From here on the domain leads to nobody else's pages. One that the client has no more goes
                # on leading to its pages, for links that went out, until another client gets it.
                client.page_domain = domain
                give_domain(client)
        except IntegrityError:
            _refuse_another_s(client, domain)
            raise
        except (BotoCoreError, ClientError) as error:
            raise CommandError("The distribution doesn't answer. Run this again.") from error
        # A page names its API, which is on its own origin.
        slugs = list(Campaign.objects.filter(client=client).values_list("slug", flat=True))
        if slugs:
            call_command("pages", "update", *slugs, stdout=self.stdout)

    def _ask_amplify(self, client: Client, domain: str) -> None:
        if not domain:
            raise CommandError("Name a domain. On Amplify one is taken away in Amplify's console.")
        app = AmplifyApp.objects.filter(client=client).first()
        if app is None:
            raise CommandError(f"{client} has no page on Amplify yet. Publish one first.")
        try:
            state = associate_domain(aws.amplify(), app, domain)
        except DomainError as error:
            raise CommandError(error.message) from error
        except (BotoCoreError, ClientError) as error:
            # A domain that another client's app has, for one: Amplify gives none twice.
            raise CommandError(f"Amplify does not take {domain!r}: {error}") from error
        for record in state.records:
            self.stdout.write(f"Set: {record}")
        if not state.is_ready:
            raise CommandError(f"Not yet: {state.status}. {state.reason} Run this again.")
        self.stdout.write(f"{domain} leads to the campaigns of {client}.")


def _refuse_another_s(client: Client, domain: str) -> None:
    other = Client.objects.exclude(page_domain="").filter(page_domain=domain)
    if taken := other.exclude(pk=client.pk).first():
        raise CommandError(
            f'{domain} is the domain of {taken}. First: manage.py client_domain "{taken}" "".'
        )
