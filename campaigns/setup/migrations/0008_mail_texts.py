from django.db import migrations, models

from campaignhub.triggers import keeping_triggers


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0007_embed_origins'),
    ]

    operations = keeping_triggers(
        "campaigns_campaign",
        migrations.AddField(
            model_name='campaign',
            name='mail_texts',
            field=models.JSONField(blank=True, default=dict),
        ),
    )
