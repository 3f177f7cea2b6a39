from django.db import migrations, models

from campaignhub.triggers import keeping_triggers


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0003_notices'),
    ]

    operations = keeping_triggers(
        "campaigns_campaign",
        migrations.AddField(
            model_name='campaign',
            name='reason_labels',
            field=models.JSONField(blank=True, default=dict, help_text='Own labels of reasons for staff: {"en": {"ILLEGIBLE": "…"}}'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='hidden_reasons',
            field=models.JSONField(blank=True, default=list, help_text='Reasons that the desk does not offer, by code'),
        ),
    )
