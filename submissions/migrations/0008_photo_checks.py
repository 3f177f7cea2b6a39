"""Remember whose photos have still to be compared with what was announced."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0007_ledger_rounds")]
    operations = [
        migrations.CreateModel(
            name="PhotoCheck",
            fields=[
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="photo_check",
                        serialize=False,
                        to="submissions.submission",
                    ),
                ),
                ("since", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
