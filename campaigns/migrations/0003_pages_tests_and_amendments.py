"""Logos, tests, amendments, placements, block lists and partner keys."""

import campaigns.models.campaign
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


def name_tests(apps, schema_editor):
    """Give every campaign a test id and address of its own; a default would give all the same."""
    for campaign in apps.get_model("campaigns", "Campaign").objects.all():
        campaign.test_id = uuid.uuid4()
        campaign.test_slug = campaigns.models.campaign.new_test_slug()
        campaign.save(update_fields=["test_id", "test_slug"])


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0002_audit_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='BlockEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('email', 'E-mail address'), ('phone', 'Phone number'), ('device_address', 'Internet address')], max_length=20)),
                ('value_hash', models.CharField(max_length=64)),
                ('hint', models.CharField(max_length=60)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'block entries',
                'ordering': ('-created_at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='PartnerKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('key_id', models.CharField(max_length=60, unique=True)),
                ('usage_plan_id', models.CharField(max_length=60)),
                ('last_four', models.CharField(max_length=4)),
                ('rate_per_second', models.PositiveSmallIntegerField(default=10)),
                ('quota_per_day', models.PositiveIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('-created_at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_test', models.BooleanField(default=False)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('carried_revision', models.PositiveIntegerField(default=0)),
                ('carried_at', models.DateTimeField(null=True)),
                ('tried_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.AlterModelOptions(
            name='release',
            options={'ordering': ('-published_at', '-number')},
        ),
        migrations.AlterModelOptions(
            name='statechange',
            options={'ordering': ('at', 'id')},
        ),
        migrations.RemoveConstraint(
            model_name='release',
            name='release_number_is_unique_in_its_campaign',
        ),
        migrations.AddField(
            model_name='campaign',
            name='challenge_on_trouble',
            field=models.CharField(choices=[('review', 'Send the entry to review'), ('refuse', 'Refuse the entry')], default='review', help_text='When the challenge fails or its provider cannot be reached.', max_length=10),
        ),
        migrations.AddField(
            model_name='campaign',
            name='challenge_provider',
            field=models.CharField(blank=True, choices=[('turnstile', 'Cloudflare Turnstile')], max_length=20),
        ),
        migrations.AddField(
            model_name='campaign',
            name='challenge_site_key',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='campaign',
            name='logo',
            field=models.ImageField(blank=True, upload_to='logos/'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='logo_alt',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='campaign',
            name='reason_texts',
            field=models.JSONField(blank=True, default=dict, help_text='Own sentences for reasons: {"en": {"ILLEGIBLE": "…"}}'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='sender_name',
            field=models.CharField(blank=True, help_text="Who mails come from. Empty: the client's own sender name.", max_length=100),
        ),
        migrations.AddField(
            model_name='campaign',
            name='test_id',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='campaign',
            name='test_slug',
            field=models.CharField(editable=False, max_length=60, null=True),
        ),
        migrations.AddField(
            model_name='campaign',
            name='type_pair',
            field=models.CharField(choices=[('system', 'Clear'), ('serif', 'Classic'), ('rounded', 'Friendly')], default='system', max_length=10),
        ),
        migrations.AddField(
            model_name='client',
            name='sender_verified_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='formfield',
            name='countries',
            field=models.JSONField(blank=True, default=list, help_text="Of a postal code or phone number; the campaign's where empty."),
        ),
        migrations.AddField(
            model_name='formfield',
            name='purpose',
            field=models.CharField(choices=[('rules', 'Accepting the official rules'), ('age', 'Confirming age or residence'), ('privacy', 'Processing personal data'), ('marketing', 'Hearing from the client'), ('other', 'Something else')], default='rules', help_text='Of a consent: what it is given for, one purpose each.', max_length=10),
        ),
        migrations.AddField(
            model_name='release',
            name='accepted_warnings',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='release',
            name='amendment_reason',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='release',
            name='is_test',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='release',
            name='public_note',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='statechange',
            name='note',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.RunPython(name_tests, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='campaign',
            name='test_id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='test_slug',
            field=models.CharField(default=campaigns.models.campaign.new_test_slug, editable=False, max_length=60, unique=True),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('slug__startswith', 'unlisted-'), _negated=True), ('test_slug__startswith', 'unlisted-')), name='only_test_slugs_have_their_prefix'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('campaign', 'is_test', 'number'), name='release_number_is_unique_in_its_campaign'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='release_numbers_start_at_one'),
        ),
        migrations.AddField(
            model_name='blockentry',
            name='client',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='block_entries', to='campaigns.client'),
        ),
        migrations.AddField(
            model_name='blockentry',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='partnerkey',
            name='client',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='partner_keys', to='campaigns.client'),
        ),
        migrations.AddField(
            model_name='partnerkey',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='partnerkey',
            name='revoked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='placement',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='campaigns.campaign'),
        ),
        migrations.AddConstraint(
            model_name='blockentry',
            constraint=models.UniqueConstraint(fields=('client', 'kind', 'value_hash'), name='a_value_is_blocked_once_per_client'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.UniqueConstraint(fields=('campaign', 'is_test'), name='a_campaign_has_one_live_and_one_test_place'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(('carried_revision__lte', models.F('revision'))), name='nothing_is_carried_before_it_is_decided'),
        ),
    ]
