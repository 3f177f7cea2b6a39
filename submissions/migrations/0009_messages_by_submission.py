"""A message is known by its submission and its id: two entries may use one id, which their pages chose."""

from typing import Any

from django.db import migrations, models

KIND = [
    ("correction", "Correction"),
    ("withdrawal", "Withdrawal"),
    ("appeal", "Appeal"),
    ("claim", "Claim"),
]
KEPT = ("message_id", "submission_id", "kind", "body", "entered_at", "version")
AT_ONCE = 1000


def copy(apps: Any, _editor: Any) -> None:
    """Take every message over; a key cannot be changed in place on both databases."""
    old, new = apps.get_model("submissions", "EntrantMessage"), apps.get_model("submissions", "Said")
    rows = (new(**row) for row in old.objects.values(*KEPT).iterator(chunk_size=AT_ONCE))
    new.objects.bulk_create(rows, batch_size=AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [("submissions", "0008_photo_checks")]

    operations = [
        migrations.CreateModel(
            name="Said",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.UUIDField()),
                ("submission_id", models.UUIDField()),
                ("kind", models.CharField(choices=KIND, max_length=12)),
                ("body", models.JSONField(default=dict)),
                ("entered_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField()),
            ],
            options={"ordering": ("entered_at", "message_id")},
        ),
        migrations.RunPython(copy, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel("EntrantMessage"),
        migrations.RenameModel("Said", "EntrantMessage"),
        migrations.AddConstraint(
            "entrantmessage",
            models.UniqueConstraint(
                fields=("submission_id", "message_id"), name="a_message_is_kept_once"
            ),
        ),
    ]
