"""Write the campaign beside each mail and each decision on its way, so that campaigns can take turns."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

CAMPAIGN: Any = {
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "+",
    "to": "campaigns.campaign",
    "db_index": False,
}


def fill(apps: Any, _editor: Any) -> None:
    """Take it from the submission."""
    campaign = (
        apps.get_model("submissions", "Submission")
        .objects.filter(pk=OuterRef("submission"))
        .values("campaign")
    )
    for name in ("Mail", "OutboxDecision"):
        apps.get_model("submissions", name).objects.update(campaign=Subquery(campaign))


class Migration(migrations.Migration):
    dependencies = [("submissions", "0011_limits_of_a_mailbox"), ("campaigns", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name=name, name="campaign", field=models.ForeignKey(null=True, **CAMPAIGN)
        )
        for name in ("mail", "outboxdecision")
    ] + [migrations.RunPython(fill, migrations.RunPython.noop)]
