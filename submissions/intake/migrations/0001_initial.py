"""Signs of life of what drains the queues."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('submissions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('host', models.CharField(max_length=120)),
                ('pid', models.PositiveIntegerField()),
                ('since', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('handled', models.PositiveBigIntegerField(default=0)),
                ('round_seconds', models.FloatField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'ordering': ('kind', 'number', '-since'),
            },
        ),
        migrations.CreateModel(
            name='PhotoDeadline',
            fields=[
                ('submission', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='photo_deadline', serialize=False, to='submissions.submission')),
                ('due_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'base_manager_name': 'objects',
            },
        ),
    ]
