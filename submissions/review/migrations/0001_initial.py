"""Verdicts, which the database lets nothing change; holds of the desk and the outbox.

A verdict on a test submission may be removed, for a test counts nowhere and one
action deletes it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from campaignhub.triggers import Refusal, never_emptied, refuse

REVIEWS = "review_review"
WORDS = "the history of a submission is append-only"
IS_LIVE = (
    "NOT EXISTS "
    "(SELECT 1 FROM submissions_submission s WHERE s.id = OLD.submission_id AND s.is_test)"
)
VERDICTS = (
    Refusal("review_no_update", "UPDATE", REVIEWS, WORDS),
    Refusal("review_no_delete", "DELETE", REVIEWS, WORDS, IS_LIVE, reads_tables=True),
)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('campaigns', '0001_initial'),
        ('submissions', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReviewHold',
            fields=[
                ('submission', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='hold', serialize=False, to='submissions.submission')),
                ('until', models.DateTimeField(db_index=True)),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='OutboxDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision_no', models.PositiveIntegerField()),
                ('decision', models.JSONField()),
                ('created_at', models.DateTimeField()),
                ('not_before', models.DateTimeField()),
                ('leased_until', models.DateTimeField(null=True)),
                ('carried_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('trouble', models.CharField(blank=True, max_length=200)),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outbox', to='submissions.submission')),
            ],
            options={
                'ordering': ('id',),
                'indexes': [models.Index(condition=models.Q(('carried_at__isnull', True)), fields=['campaign', 'id'], name='outbox_in_turn')],
                'constraints': [models.UniqueConstraint(fields=('submission', 'decision_no'), name='a_decision_is_carried_once')],
            },
        ),
        migrations.CreateModel(
            name='ReasonUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('times', models.PositiveIntegerField(default=0)),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='campaigns.campaign')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('campaign', 'code'), name='a_reason_is_counted_once_per_campaign')],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision_no', models.PositiveIntegerField(null=True)),
                ('attempt', models.PositiveSmallIntegerField()),
                ('purpose', models.CharField(choices=[('decision', 'Decision'), ('second', 'Second opinion'), ('appeal', 'Appeal'), ('quality', 'Quality check'), ('training', 'Training'), ('spot_check', 'Spot check')], default='decision', max_length=12)),
                ('verdict', models.CharField(choices=[('received', 'Received'), ('invalid', 'Refused automatically'), ('pending_review', 'Pending review'), ('needs_resubmission', 'New photo asked for'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('revoked', 'Revoked'), ('withdrawn', 'Withdrawn')], max_length=20)),
                ('reasons', models.JSONField(default=list)),
                ('note', models.TextField(blank=True, max_length=1000)),
                ('at', models.DateTimeField()),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='submissions.submission')),
            ],
            options={
                'ordering': ('at', 'id'),
                'indexes': [models.Index(fields=['actor', '-at'], name='review_pace')],
                'constraints': [models.UniqueConstraint(fields=('submission', 'decision_no'), name='a_decision_has_a_number_of_its_own'), models.CheckConstraint(condition=models.Q(('decision_no__isnull', True), ('purpose__in', ('decision', 'second', 'appeal')), _connector='OR'), name='only_what_moves_the_status_has_a_number')],
            },
        ),
        refuse(*VERDICTS),
        never_emptied([REVIEWS]),
    ]
