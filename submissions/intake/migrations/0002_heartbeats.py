from django.db import migrations, models


class Migration(migrations.Migration):
    """Each process has a row of its own; what was there named none, and comes again within seconds."""

    dependencies = [("intake", "0001_initial")]

    operations = [
        migrations.DeleteModel(name="Heartbeat"),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("host", models.CharField(max_length=120)),
                ("pid", models.PositiveIntegerField()),
                ("since", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("handled", models.PositiveBigIntegerField(default=0)),
                ("round_seconds", models.FloatField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=200)),
            ],
            options={"ordering": ("kind", "number", "-since")},
        ),
    ]
