from django.db import migrations, models
from django.db.models import F


def count_all(apps, _schema_editor):
    """Count what is behind as a change of the page, which it may be."""
    apps.get_model("publishing", "Placement")._base_manager.update(page_revision=F("revision"))


class Migration(migrations.Migration):

    dependencies = [
        ('publishing', '0003_mails'),
    ]

    operations = [
        migrations.AddField(
            model_name='placement',
            name='page_revision',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(count_all, migrations.RunPython.noop),
    ]
