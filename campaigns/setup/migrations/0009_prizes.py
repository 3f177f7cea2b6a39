from django.db import migrations, models

from campaignhub.triggers import keeping_triggers


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0008_mail_texts'),
    ]

    operations = keeping_triggers(
        "campaigns_campaign",
        migrations.AddField(
            model_name='campaign',
            name='expected_submissions',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='campaign',
            name='prize_cap',
            field=models.CharField(blank=True, choices=[('', 'As many as they win'), ('one', 'One'), ('one_per_tier', 'One major and one minor')], default='one', max_length=12),
        ),
        migrations.AddField(
            model_name='campaign',
            name='reveal',
            field=models.CharField(choices=[('plain', 'Plain'), ('scratch', 'Scratch card'), ('wheel', 'Wheel')], default='plain', max_length=8),
        ),
    )
