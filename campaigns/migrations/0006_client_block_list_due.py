"""Remember where the submissions table still holds an earlier block list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0005_what_releases_show")]
    operations = [
        migrations.AddField(
            model_name="client",
            name="block_list_due",
            field=models.BooleanField(default=False, editable=False),
        )
    ]
