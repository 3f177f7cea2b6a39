"""Write every published campaign to table and host again."""

from typing import Any

from django.core.management.base import BaseCommand

from campaigns.models import Campaign
from campaigns.services.publish import republish


class Command(BaseCommand):
    help = "Write every published campaign to the table and the site host again."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Republish all; the same again changes nothing."""
        for campaign in Campaign.objects.filter(releases__isnull=False).distinct():
            republish(campaign)
            self.stdout.write(f"{campaign.slug}: written again.")
