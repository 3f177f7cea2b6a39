import django.db.models.deletion
from django.db import migrations, models


def note_undecided(apps, schema_editor):
    """What is undecided is due at once: its round finds what lacks a photo and forgets the others."""
    submission = apps.get_model("submissions", "Submission")
    deadline = apps.get_model("intake", "PhotoDeadline")
    undecided = submission.objects.filter(
        attempt=1, decision_no=0, status__in=("received", "pending_review")
    ).exclude(uploads=[])
    rows = undecided.values_list("pk", "mirrored_at").iterator(chunk_size=5000)
    batch = []
    for pk, at in rows:
        batch.append(deadline(submission_id=pk, due_at=at))
        if len(batch) == 5000:
            deadline.objects.bulk_create(batch)
            batch = []
    deadline.objects.bulk_create(batch)


class Migration(migrations.Migration):

    dependencies = [
        ("intake", "0002_heartbeats"),
        ("submissions", "0004_status_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="PhotoDeadline",
            fields=[
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="photo_deadline",
                        serialize=False,
                        to="submissions.submission",
                    ),
                ),
                ("due_at", models.DateTimeField(db_index=True)),
            ],
            options={"base_manager_name": "objects"},
        ),
        migrations.RunPython(note_undecided, migrations.RunPython.noop),
    ]
