"""Keep how far the way through all items of the table is."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0006_image_twin'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
