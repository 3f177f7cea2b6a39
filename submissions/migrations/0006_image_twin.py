"""Find whose photo was seen on a submission that comes only now."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0005_deleted_tests")]
    operations = [
        migrations.AddIndex(
            model_name="receiptimage",
            index=models.Index(
                fields=["seen_on"],
                condition=models.Q(seen_on__isnull=False),
                name="image_twin",
            ),
        )
    ]
