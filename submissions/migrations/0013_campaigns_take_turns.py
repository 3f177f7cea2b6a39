"""Find what waits by its campaign. Apart from filling the column, for PostgreSQL alters no table with checks pending."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("submissions", "0012_campaign_of_what_waits")]
    operations = [
        *(
            migrations.AlterField(
                model_name=name,
                name="campaign",
                field=models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="campaigns.campaign",
                ),
            )
            for name in ("mail", "outboxdecision")
        ),
        migrations.RemoveIndex(model_name="mail", name="mail_waiting"),
        migrations.RemoveIndex(model_name="outboxdecision", name="outbox_waiting"),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=Q(state="queued"),
                fields=["campaign", "not_before", "id"],
                name="mail_in_turn",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxdecision",
            index=models.Index(
                condition=Q(carried_at__isnull=True),
                fields=["campaign", "id"],
                name="outbox_in_turn",
            ),
        ),
    ]
