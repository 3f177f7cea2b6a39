from django.db import migrations, models

from campaignhub.triggers import keeping_triggers


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0006_marketing'),
    ]

    operations = keeping_triggers(
        "campaigns_campaign",
        migrations.AddField(
            model_name='campaign',
            name='embed_origins',
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
    )
