from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("submissions", "0004_status_words")]

    operations = [
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("decide_by__isnull", True), ("status", "pending_review")),
                fields=["campaign", "status", "decide_by"],
                name="submission_unpromised",
            ),
        ),
    ]
