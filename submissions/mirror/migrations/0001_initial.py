"""What the ingest table says, and the history of submissions, which the database lets nothing change.

A line of a test submission may be removed, for a test counts nowhere and one
action deletes it; and the line that says a photo was checked goes with the photo
while there is no submission that it is the history of. No other line may. Since
lines of a test may go, no submission becomes a test later.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from campaignhub.triggers import Refusal, never_emptied, refuse

EVENTS = "submissions_submissionevent"
SUBMISSIONS = "submissions_submission"
WORDS = "the history of a submission is append-only"
IS_TEST = f"EXISTS (SELECT 1 FROM {SUBMISSIONS} s WHERE s.id = OLD.submission_id AND s.is_test)"
IS_OF_NONE = (
    "(OLD.kind = 'checked' AND NOT EXISTS "
    f"(SELECT 1 FROM {SUBMISSIONS} s WHERE s.id = OLD.submission_id))"
)
HISTORY = (
    Refusal("event_no_update", "UPDATE", EVENTS, WORDS),
    Refusal(
        "event_no_delete",
        "DELETE",
        EVENTS,
        WORDS,
        f"NOT ({IS_TEST} OR {IS_OF_NONE})",
        reads_tables=True,
    ),
)
MODE = Refusal(
    "submission_mode_is_frozen",
    "UPDATE",
    SUBMISSIONS,
    "a submission never becomes a test, nor a test a submission",
    "OLD.is_test <> NEW.is_test",
)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('campaigns', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeletedTest',
            fields=[
                ('submission_id', models.UUIDField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=9)),
                ('status', models.CharField(choices=[('received', 'Received'), ('invalid', 'Refused automatically'), ('pending_review', 'Pending review'), ('needs_resubmission', 'New photo asked for'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('revoked', 'Revoked'), ('withdrawn', 'Withdrawn')], max_length=20)),
                ('release', models.PositiveIntegerField()),
                ('attempt', models.PositiveSmallIntegerField()),
                ('route', models.CharField(max_length=10)),
                ('channel', models.CharField(max_length=10)),
                ('locale', models.CharField(max_length=5)),
                ('source', models.CharField(blank=True, max_length=60)),
                ('partner', models.CharField(blank=True, max_length=60)),
                ('is_test', models.BooleanField(default=False)),
                ('ingest_status', models.CharField(choices=[('received', 'Received'), ('invalid', 'Refused automatically'), ('pending_review', 'Pending review'), ('needs_resubmission', 'New photo asked for'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('revoked', 'Revoked'), ('withdrawn', 'Withdrawn')], max_length=20)),
                ('reasons', models.JSONField(default=list)),
                ('suspicions', models.JSONField(default=list)),
                ('consents', models.JSONField(default=dict)),
                ('uploads', models.JSONField(default=list)),
                ('person_hash', models.CharField(blank=True, max_length=64)),
                ('body_hash', models.CharField(blank=True, max_length=64)),
                ('conflicts', models.PositiveSmallIntegerField(default=0)),
                ('held', models.BooleanField(default=False)),
                ('prizes', models.JSONField(default=dict)),
                ('has_award', models.BooleanField(default=False)),
                ('entries', models.PositiveIntegerField(default=1)),
                ('started_at', models.DateTimeField()),
                ('entered_at', models.DateTimeField()),
                ('decide_by', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField()),
                ('mirrored_at', models.DateTimeField()),
                ('decision_no', models.PositiveIntegerField(default=0)),
                ('decision_status', models.CharField(blank=True, choices=[('received', 'Received'), ('invalid', 'Refused automatically'), ('pending_review', 'Pending review'), ('needs_resubmission', 'New photo asked for'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('revoked', 'Revoked'), ('withdrawn', 'Withdrawn')], max_length=20)),
                ('decision_reasons', models.JSONField(default=list)),
                ('decided_attempt', models.PositiveSmallIntegerField(default=0)),
                ('decided_at', models.DateTimeField(null=True)),
                ('resubmit_until', models.DateTimeField(null=True)),
                ('erased_at', models.DateTimeField(null=True)),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='campaigns.campaign')),
            ],
            options={
                'ordering': ('-entered_at', '-id'),
                'indexes': [models.Index(fields=['reference'], name='submission_reference'), models.Index(condition=models.Q(('person_hash', ''), _negated=True), fields=['person_hash'], name='submission_person'), models.Index(fields=['-entered_at', '-id'], name='submission_newest_first'), models.Index(fields=['campaign', '-entered_at', '-id'], name='submission_of_campaign'), models.Index(fields=['campaign', 'status', '-entered_at', '-id'], name='submission_by_status'), models.Index(condition=models.Q(('status', 'pending_review')), fields=['campaign', 'attempt', 'decide_by', 'entered_at', 'id'], name='submission_waiting'), models.Index(condition=models.Q(('has_award', True), ('status', 'pending_review')), fields=['campaign', 'decide_by', 'entered_at', 'id'], name='submission_may_win'), models.Index(condition=models.Q(('status', 'needs_resubmission')), fields=['resubmit_until', 'id'], name='submission_asked_again'), models.Index(condition=models.Q(('decide_by__isnull', True), ('status', 'pending_review')), fields=['campaign', 'status', 'decide_by'], name='submission_unpromised'), models.Index(condition=models.Q(('is_test', True)), fields=['campaign', '-entered_at', '-id'], name='submission_tests'), models.Index(condition=models.Q(models.Q(('source', ''), _negated=True), ('is_test', False)), fields=['campaign', 'source'], name='submission_source'), models.Index(condition=models.Q(('held', True)), fields=['campaign', 'is_test'], name='submission_held'), models.Index(condition=models.Q(('conflicts__gt', 0)), fields=['campaign', '-entered_at', '-id'], name='submission_conflicts')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decision_no', 0), ('decision_status', '')), models.Q(('decision_no__gt', 0), models.Q(('decision_status', ''), _negated=True)), _connector='OR'), name='a_decision_has_a_number_and_a_status'), models.CheckConstraint(condition=models.Q(models.Q(('decision_status', 'needs_resubmission'), _negated=True), ('resubmit_until__isnull', False), _connector='OR'), name='what_is_asked_again_has_a_deadline')],
            },
        ),
        migrations.CreateModel(
            name='EntrantMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.UUIDField()),
                ('submission_id', models.UUIDField()),
                ('kind', models.CharField(choices=[('correction', 'Correction'), ('withdrawal', 'Withdrawal'), ('appeal', 'Appeal'), ('claim', 'Claim')], max_length=12)),
                ('body', models.JSONField(default=dict)),
                ('entered_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField()),
            ],
            options={
                'ordering': ('entered_at', 'message_id'),
                'constraints': [models.UniqueConstraint(fields=('submission_id', 'message_id'), name='a_message_is_kept_once')],
            },
        ),
        migrations.CreateModel(
            name='PhotoCheck',
            fields=[
                ('submission', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='photo_check', serialize=False, to='submissions.submission')),
                ('since', models.DateTimeField(db_index=True)),
            ],
            options={
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='ConsentAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('version', models.PositiveSmallIntegerField()),
                ('answer', models.CharField(choices=[('yes', 'Given'), ('no', 'Not given')], max_length=3)),
                ('entered_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign')),
                ('submission', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='submissions.submission')),
            ],
            options={
                'indexes': [models.Index(fields=['campaign', 'name', 'answer', '-entered_at', '-submission'], name='consent_newest_first'), models.Index(fields=['campaign', 'name', 'version', 'answer', '-entered_at', '-submission'], name='consent_of_version')],
                'constraints': [models.UniqueConstraint(fields=('submission', 'name'), name='a_consent_is_answered_once')],
            },
        ),
        migrations.CreateModel(
            name='ReceiptImage',
            fields=[
                ('key', models.CharField(max_length=300, primary_key=True, serialize=False)),
                ('submission_id', models.UUIDField(db_index=True)),
                ('attempt', models.PositiveSmallIntegerField()),
                ('receipt', models.PositiveSmallIntegerField()),
                ('part', models.PositiveSmallIntegerField()),
                ('content_type', models.CharField(max_length=60)),
                ('size_bytes', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('pages', models.JSONField(default=list)),
                ('refusal', models.CharField(blank=True, max_length=20)),
                ('seen_on', models.UUIDField(null=True)),
                ('exif', models.JSONField(default=dict)),
                ('checked_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('receipt', 'part'),
                'indexes': [models.Index(condition=models.Q(models.Q(('refusal', ''), _negated=True), ('seen_on__isnull', False), _connector='OR'), fields=['-checked_at'], name='image_with_trouble')],
            },
        ),
        migrations.CreateModel(
            name='SubmissionEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('submission_id', models.UUIDField()),
                ('kind', models.CharField(max_length=20)),
                ('dedupe', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('detail', models.JSONField(default=dict)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('at', 'id'),
                'constraints': [models.UniqueConstraint(fields=('submission_id', 'dedupe'), name='an_event_is_written_once')],
            },
        ),
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('submission_id', models.UUIDField()),
                ('is_test', models.BooleanField(default=False)),
                ('prize', models.CharField(max_length=40)),
                ('unit', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('provisional', 'Provisional'), ('confirmed', 'Confirmed'), ('released', 'Released'), ('revoked', 'Revoked')], max_length=12)),
                ('entered_at', models.DateTimeField(null=True)),
                ('awarded_at', models.DateTimeField(null=True)),
                ('moment', models.JSONField(null=True)),
                ('limits_taken', models.JSONField(default=list)),
                ('version', models.PositiveIntegerField()),
                ('campaign', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign')),
            ],
            options={
                'ordering': ('submission_id', 'prize'),
                'indexes': [models.Index(condition=models.Q(('is_test', False)), fields=['campaign', 'prize', 'state', 'awarded_at'], name='award_of_campaign'), models.Index(condition=models.Q(('is_test', False)), fields=['campaign', '-awarded_at', '-id'], name='award_newest_of_campaign'), models.Index(condition=models.Q(('state', 'provisional')), fields=['submission_id'], name='award_provisional')],
                'constraints': [models.UniqueConstraint(fields=('submission_id', 'prize'), name='a_submission_has_a_prize_once')],
            },
        ),
        migrations.CreateModel(
            name='SubmissionAnswers',
            fields=[
                ('submission', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='personal', serialize=False, to='submissions.submission')),
                ('answers', models.JSONField(default=dict)),
                ('email', models.CharField(blank=True, db_index=True, max_length=254)),
                ('given_name', models.CharField(blank=True, max_length=300)),
                ('family_name', models.CharField(blank=True, max_length=300)),
                ('given_name_key', models.CharField(blank=True, default='', max_length=60)),
                ('family_name_key', models.CharField(blank=True, default='', max_length=60)),
                ('phone', models.CharField(blank=True, max_length=20)),
            ],
            options={
                'indexes': [models.Index(fields=['given_name_key'], name='answers_given_name', opclasses=('varchar_pattern_ops',)), models.Index(fields=['family_name_key'], name='answers_family_name', opclasses=('varchar_pattern_ops',))],
            },
        ),
        refuse(*HISTORY, MODE),
        never_emptied([EVENTS]),
    ]
