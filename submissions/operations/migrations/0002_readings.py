from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("operations", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="ledgercheck",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("name", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("value", models.JSONField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("took_ms", models.PositiveIntegerField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("last_error", models.CharField(blank=True, max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name="MinuteSample",
            fields=[
                ("minute", models.DateTimeField(primary_key=True, serialize=False)),
                ("values", models.JSONField()),
            ],
        ),
    ]
