"""Write every published campaign to table and host again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.services.life import republish


class Command(BaseCommand):
    help = "Write every published campaign to the table and the site host again."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Republish all; the same again changes nothing. Fails when something is still behind."""
        behind = []
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
