"""Count a client's mails in trouble by its campaigns, whatever trouble others have."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("submissions", "0013_campaigns_take_turns")]

    operations = [
        migrations.AddIndex(
            "mail",
            models.Index(
                fields=("campaign", "state"),
                name="mail_trouble_of_campaign",
                condition=Q(state__in=("failed", "unknown")),
            ),
        ),
    ]
