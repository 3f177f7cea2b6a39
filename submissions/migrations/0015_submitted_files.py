"""Keep which file was submitted with which entry, and fill it from the photos that are here."""

from itertools import islice

from django.db import migrations, models

_AT_ONCE = 1000


def _chunks(rows):
    rows = iter(rows)
    while chunk := list(islice(rows, _AT_ONCE)):
        yield chunk


def fill(apps, schema_editor):
    Submission = apps.get_model("submissions", "Submission")
    ReceiptImage = apps.get_model("submissions", "ReceiptImage")
    SubmittedFile = apps.get_model("submissions", "SubmittedFile")
    tests = dict(apps.get_model("campaigns", "Campaign").objects.values_list("pk", "test_id"))

    # The half of the photos; what their submissions say comes over it.
    images = ReceiptImage.objects.order_by("key").values_list(
        "key", "submission_id", "attempt", "sha256"
    )
    for chunk in _chunks(images.iterator(chunk_size=_AT_ONCE)):
        SubmittedFile.objects.bulk_create(
            [
                SubmittedFile(key=key, submission_id=pk, attempt=attempt, sha256=sha256)
                for key, pk, attempt, sha256 in chunk
            ]
        )
    submissions = Submission.objects.exclude(uploads=[]).order_by("pk")
    for chunk in _chunks(submissions.iterator(chunk_size=_AT_ONCE)):
        rows = {}
        by_id = {row.pk: row for row in chunk}
        for row in chunk:
            for upload in row.uploads:
                rows[upload["key"]] = SubmittedFile(
                    key=upload["key"], submission_id=row.pk, attempt=row.attempt
                )
        here = SubmittedFile.objects.filter(submission_id__in=by_id)
        for file in here:
            if file.key in rows or file.attempt < by_id[file.submission_id].attempt:
                rows[file.key] = file
        for file in rows.values():
            row = by_id[file.submission_id]
            file.scope = tests[row.campaign_id] if row.is_test else row.campaign_id
            file.entered_at = row.entered_at
            file.counts = row.status != "invalid"
        SubmittedFile.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["scope", "entered_at", "counts"],
        )


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0008_limit_by_store"),
        ("submissions", "0014_trouble_of_campaigns"),
    ]
    operations = [
        migrations.CreateModel(
            name="SubmittedFile",
            fields=[
                (
                    "key",
                    models.CharField(max_length=300, primary_key=True, serialize=False),
                ),
                ("submission_id", models.UUIDField(db_index=True)),
                ("attempt", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64, null=True)),
                ("scope", models.UUIDField(null=True)),
                ("entered_at", models.DateTimeField(null=True)),
                ("counts", models.BooleanField(null=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name="submittedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    scope__isnull=True, entered_at__isnull=True, counts__isnull=True
                )
                | models.Q(
                    scope__isnull=False, entered_at__isnull=False, counts__isnull=False
                ),
                name="a_half_of_a_submitted_file_is_whole",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="submittedfile",
            index=models.Index(
                fields=["scope", "sha256", "entered_at", "submission_id"],
                condition=models.Q(counts=True, sha256__isnull=False),
                name="file_submitted",
            ),
        ),
        migrations.AddIndex(
            model_name="submittedfile",
            index=models.Index(
                fields=["scope", "sha256", "entered_at", "submission_id"],
                condition=models.Q(counts=False, sha256__isnull=False),
                name="file_refused",
            ),
        ),
        migrations.RemoveIndex(model_name="receiptimage", name="image_twin"),
    ]
