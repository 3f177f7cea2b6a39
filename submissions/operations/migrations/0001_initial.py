"""Comparisons with the table, and what photos wait for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('since', models.DateTimeField(null=True)),
                ('until', models.DateTimeField(null=True)),
                ('hours', models.PositiveIntegerField()),
                ('stored', models.PositiveIntegerField()),
                ('mirrored', models.PositiveIntegerField()),
                ('repaired', models.PositiveIntegerField()),
                ('gaps', models.PositiveIntegerField()),
                ('depths', models.JSONField(default=dict)),
                ('rows', models.JSONField(default=list)),
            ],
            options={
                'ordering': ('-begun_at', '-id'),
                'get_latest_by': 'begun_at',
            },
        ),
        migrations.CreateModel(
            name='MinuteSample',
            fields=[
                ('minute', models.DateTimeField(primary_key=True, serialize=False)),
                ('values', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('name', models.CharField(max_length=300, primary_key=True, serialize=False)),
                ('value', models.JSONField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('took_ms', models.PositiveIntegerField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('last_error', models.CharField(blank=True, max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name='StuckSubmission',
            fields=[
                ('submission_id', models.UUIDField(primary_key=True, serialize=False)),
                ('seen_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='UnsentRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begun_at', models.DateTimeField(db_index=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('swept', models.PositiveIntegerField(default=0)),
                ('kept_back', models.PositiveIntegerField(default=0)),
                ('why', models.CharField(blank=True, max_length=200)),
                ('after', models.UUIDField(null=True)),
                ('position', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ('-begun_at', '-id'),
                'get_latest_by': 'begun_at',
            },
        ),
        migrations.CreateModel(
            name='LedgerRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('position', models.TextField(blank=True)),
                ('items', models.PositiveIntegerField(default=0)),
                ('expected', models.PositiveIntegerField(default=0)),
                ('repaired', models.PositiveIntegerField(default=0)),
                ('gap_count', models.PositiveIntegerField(default=0)),
                ('gaps', models.JSONField(default=list)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-begun_at', '-id'),
                'get_latest_by': 'begun_at',
                'constraints': [models.UniqueConstraint(models.ExpressionWrapper(models.Q(('ended_at__isnull', True)), output_field=models.BooleanField()), condition=models.Q(('ended_at__isnull', True)), name='one_round_at_a_time')],
            },
        ),
    ]
