"""Give each sending identity to one client; what a client typed as its sender counts only within one."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import campaigns.models.sender

NAME = campaigns.models.sender.check_sender_name


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0011_invitations")]
    operations = [
        migrations.RemoveField(model_name="client", name="sender_verified_at"),
        migrations.AlterField(
            model_name="campaign",
            name="sender_name",
            field=models.CharField(
                blank=True,
                help_text="Who mails come from. Empty: the client's own sender name.",
                max_length=100,
                validators=[NAME],
            ),
        ),
        migrations.AlterField(
            model_name="client",
            name="name",
            field=models.CharField(max_length=120, unique=True, validators=[NAME]),
        ),
        migrations.AlterField(
            model_name="client",
            name="sender_email",
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AlterField(
            model_name="client",
            name="sender_name",
            field=models.CharField(blank=True, max_length=100, validators=[NAME]),
        ),
        migrations.CreateModel(
            name="SenderIdentity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identity", models.CharField(max_length=254, unique=True)),
                ("verified_at", models.DateTimeField(null=True)),
                ("assigned_at", models.DateTimeField()),
                (
                    "assigned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sender_identities",
                        to="campaigns.client",
                    ),
                ),
            ],
            options={
                "verbose_name": "sender",
                "ordering": ("identity",),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            identity=django.db.models.functions.text.Lower(F("identity"))
                        ),
                        name="sender_identity_is_in_small_letters",
                    )
                ],
            },
        ),
    ]
