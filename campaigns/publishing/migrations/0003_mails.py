from django.db import migrations, models

from campaignhub.triggers import keeping_triggers


class Migration(migrations.Migration):

    dependencies = [
        ('publishing', '0002_pages'),
    ]

    operations = keeping_triggers(
        "publishing_release",
        migrations.AddField(
            model_name='release',
            name='mails',
            field=models.JSONField(blank=True, default=dict, help_text='What mails say otherwise than by default, by language.'),
        ),
    )
