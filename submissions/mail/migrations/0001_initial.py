"""Mails, each with what became of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('campaigns', '0001_initial'),
        ('submissions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SendingHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(blank=True, max_length=254, unique=True)),
                ('reason', models.CharField(choices=[('daily_quota', 'Daily quota'), ('sandbox', 'Sandbox'), ('paused', 'Paused'), ('suspended', 'Suspended'), ('sender', 'Sender'), ('denied', 'Denied'), ('configuration', 'Configuration'), ('credentials', 'Credentials'), ('throttled', 'Throttled'), ('unreachable', 'Unreachable')], max_length=20)),
                ('since', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('received', 'Received'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('asked_again', 'Asked again'), ('reminder', 'Reminder'), ('refused', 'Refused'), ('reopened', 'Reopened'), ('revoked', 'Revoked'), ('prize_won', 'Prize won'), ('prize_reserved', 'Prize reserved'), ('no_prize', 'No prize')], max_length=20)),
                ('event', models.CharField(max_length=60)),
                ('decision_no', models.PositiveIntegerField(null=True)),
                ('attempt', models.PositiveSmallIntegerField(default=1)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('delivered', 'Delivered'), ('bounced', 'Bounced'), ('complained', 'Complained'), ('failed', 'Failed'), ('unknown', 'Unknown'), ('suppressed', 'Suppressed'), ('not_sent', 'Not sent'), ('withdrawn', 'Withdrawn')], default='queued', max_length=12)),
                ('queued_at', models.DateTimeField()),
                ('not_before', models.DateTimeField()),
                ('leased_until', models.DateTimeField(null=True)),
                ('attempted_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('outcome_at', models.DateTimeField(null=True)),
                ('address_hash', models.CharField(blank=True, max_length=64)),
                ('message_id', models.CharField(blank=True, max_length=120)),
                ('trouble', models.CharField(blank=True, max_length=200)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('suppressed_hash', models.CharField(blank=True, max_length=64)),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='submissions.submission')),
            ],
            options={
                'ordering': ('-queued_at', '-id'),
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['campaign', 'not_before', 'id'], name='mail_in_turn'), models.Index(condition=models.Q(('state', 'sending')), fields=['leased_until'], name='mail_being_sent'), models.Index(condition=models.Q(('address_hash', ''), _negated=True), fields=['address_hash', 'state'], name='mail_to_a_mailbox'), models.Index(condition=models.Q(('suppressed_hash', ''), _negated=True), fields=['suppressed_hash'], name='mail_suppressed'), models.Index(condition=models.Q(('message_id', ''), _negated=True), fields=['message_id'], name='mail_message'), models.Index(fields=['-queued_at', '-id'], name='mail_newest_first'), models.Index(condition=models.Q(('state__in', ('failed', 'unknown'))), fields=['state', '-queued_at', '-id'], name='mail_needs_somebody'), models.Index(condition=models.Q(('state', 'failed')), fields=['campaign', 'state'], name='mail_failed_of_campaign'), models.Index(condition=models.Q(('state', 'unknown')), fields=['campaign', 'state'], name='mail_unknown_of_campaign')],
                'constraints': [models.UniqueConstraint(fields=('submission', 'event'), name='at_most_one_mail_per_event'), models.UniqueConstraint(condition=models.Q(('state', 'sending'), models.Q(('address_hash', ''), _negated=True)), fields=('address_hash',), name='one_mail_at_a_time_to_a_mailbox')],
            },
        ),
        migrations.CreateModel(
            name='MailCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('release', models.PositiveIntegerField()),
                ('sent_at', models.DateTimeField()),
                ('content', models.BinaryField()),
                ('answers', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='submissions.submissionanswers')),
                ('mail', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='mail.mail')),
            ],
            options={
                'ordering': ('-number',),
                'constraints': [models.UniqueConstraint(fields=('mail', 'number'), name='a_try_is_kept_once')],
            },
        ),
    ]
