"""Give invitations a table of their own. Who was invited before and never came is invited still."""

from datetime import timedelta

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


def leave_an_address_to_one_account(apps, schema_editor):
    """An address was looked up as the first account's; the later ones lose what meant nothing."""
    taken = set()
    for user in apps.get_model("campaigns", "User").objects.exclude(email="").order_by("pk"):
        if user.email.lower() in taken:
            user.email = ""
            user.save(update_fields=["email"])
        taken.add(user.email.lower())


def make_invitations_of_members_who_never_came(apps, schema_editor):
    """An invitation made a member at once. Without a password nobody could have been here.

    Their links are gone with the page behind them, so they stand as expired:
    one press sends another.
    """
    User, Invitation, Membership = (
        apps.get_model("campaigns", name) for name in ("User", "Invitation", "Membership")
    )
    waiting = User.objects.filter(password__startswith="!", last_login=None, is_superuser=False)
    for user in waiting.exclude(email=""):
        for membership in Membership.objects.filter(user=user).order_by("pk"):
            Invitation.objects.get_or_create(
                client=membership.client,
                address=user.email.lower()[:150],
                accepted_at=None,
                declined_at=None,
                withdrawn_at=None,
                defaults={
                    "role": membership.role,
                    "given_name": user.first_name,
                    "family_name": user.last_name,
                    "created_at": user.date_joined,
                    "expires_at": user.date_joined + timedelta(days=7),
                },
            )
            membership.delete()
        user.is_staff = False
        user.save(update_fields=["is_staff"])


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('campaigns', '0010_sign_in_counts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('campaign_manager', 'Campaign manager'), ('moderator', 'Moderator')], max_length=20)),
                ('address', models.EmailField(max_length=150)),
                ('given_name', models.CharField(blank=True, max_length=150)),
                ('family_name', models.CharField(blank=True, max_length=150)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('token_hash', models.CharField(blank=True, max_length=64)),
                ('mail_due_at', models.DateTimeField(null=True)),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('mail_error', models.CharField(blank=True, max_length=60)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('declined_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('-created_at', '-id'),
            },
        ),
        migrations.AlterModelOptions(
            name='user',
            options={},
        ),
        migrations.RunPython(leave_an_address_to_one_account, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='an_address_belongs_to_one_account'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='accepted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='client',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='campaigns.client'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='invited_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(condition=models.Q(('mail_due_at__isnull', False)), fields=['mail_due_at'], name='invitation_mails_due'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['address', 'mailed_at'], name='invitation_mails_by_address'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('declined_at', None), ('withdrawn_at', None)), fields=('client', 'address'), name='an_address_has_one_open_invitation_per_client'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('token_hash', ''), _negated=True), fields=('token_hash',), name='a_token_opens_one_invitation'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('declined_at', None)), models.Q(('accepted_at', None), ('withdrawn_at', None)), models.Q(('declined_at', None), ('withdrawn_at', None)), _connector='OR'), name='an_invitation_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('accepted_by', None)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), _connector='OR'), name='an_accepted_invitation_has_an_account'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='an_invitation_expires_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('address', django.db.models.functions.text.Lower('address'))), name='an_invited_address_is_in_small_letters'),
        ),
        migrations.RunPython(make_invitations_of_members_who_never_came, migrations.RunPython.noop),
    ]
