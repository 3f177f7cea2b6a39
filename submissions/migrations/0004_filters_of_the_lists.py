from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("submissions", "0003_history_append_only")]

    operations = [
        migrations.AddIndex(
            "submission",
            models.Index(
                fields=("campaign", "-entered_at", "-id"),
                name="submission_tests",
                condition=Q(is_test=True),
            ),
        ),
        migrations.AddIndex(
            "submission",
            models.Index(
                fields=("campaign", "-entered_at", "-id"),
                name="submission_conflicts",
                condition=Q(conflicts__gt=0),
            ),
        ),
        migrations.AddIndex(
            "receiptimage",
            models.Index(
                fields=("-checked_at",),
                name="image_with_trouble",
                condition=~Q(refusal="") | Q(seen_on__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "mail",
            models.Index(
                fields=("state", "-queued_at", "-id"),
                name="mail_needs_somebody",
                condition=Q(state__in=("failed", "unknown")),
            ),
        ),
    ]
