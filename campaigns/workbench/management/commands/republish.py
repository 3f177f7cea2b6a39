"""Write every published campaign to table and host again, with block lists, partners' keys and names of token keys."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaignhub import ingest
from campaigns.access.services import partners
from campaigns.access.services.blocks import propagate_block_list
from campaigns.accounts.models import Client
from campaigns.accounts.tenancy import unscoped
from campaigns.hosting.host import give_domain
from campaigns.publishing.services.lifecycle import republish
from campaigns.setup.models import Campaign


class Command(BaseCommand):
    help = (
        "Write every published campaign to the table and the site host again, and to the table "
        "the block lists and whom partners' keys belong to."
    )

    @unscoped("every client's campaigns are written again")
    def handle(self, *_args: Any, **_options: Any) -> None:
        """Republish all; the same again changes nothing. Fails when something is still behind."""
        behind = []
        try:
            ingest.announce_token_keys()
        except ingest.IngestBusy:
            behind.append("names of token keys")
        try:
            partners.bind_partner_keys()
        except partners.GatewayAway:
            behind.append("partners' keys")
        # Judged by the writer alone, so before the campaigns that it is for.
        clients = Client.objects.filter(block_entries__isnull=False).distinct()
        behind += [
            f"block list of {client}" for client in clients if not propagate_block_list(client)
        ]
        for client in Client.objects.exclude(page_domain=""):
            try:
                give_domain(client)
            except (BotoCoreError, ClientError):
                behind.append(f"domain of {client}")
        for campaign in Campaign.objects.filter(releases__isnull=False).distinct():
            if republish(campaign, at=timezone.now()):
                self.stdout.write(f"{campaign.slug}: written again.")
            else:
                troubles = campaign.placements.exclude(trouble="").values_list("trouble", flat=True)
                self.stderr.write(f"{campaign.slug}: {' '.join(troubles)}")
                behind.append(campaign.slug)
        if behind:
            raise CommandError(
                f"Not everywhere yet: {', '.join(behind)}. The worker tries again every few seconds."
            )
