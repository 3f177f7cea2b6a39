from django.db import migrations, models

import campaigns.setup.models.campaign
from campaignhub.triggers import keeping_triggers


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0002_campaign_privacy_urls'),
    ]

    operations = keeping_triggers(
        "campaigns_campaign",
        migrations.AddField(
            model_name='campaign',
            name='notices',
            field=models.JSONField(blank=True, default=campaigns.setup.models.campaign.default_notices),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='review_mode',
            field=models.CharField(choices=[('every', 'Every submission'), ('none', 'None')], default='every', max_length=10),
        ),
    )
