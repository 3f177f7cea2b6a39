"""Limit what one mailbox is sent: one mail at a time, counted by when each was taken up for sending."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, Q

STATES = (
    "queued",
    "sending",
    "sent",
    "delivered",
    "bounced",
    "complained",
    "failed",
    "unknown",
    "suppressed",
    "not_sent",
    "withdrawn",
)


def settle_what_is_there(apps: Any, _editor: Any) -> None:
    """Date what went out; nobody is sending while this runs, so what looks like it was interrupted."""
    mails = apps.get_model("submissions", "Mail").objects
    mails.filter(sent_at__isnull=False).update(attempted_at=F("sent_at"))
    mails.filter(state="sending").update(
        state="unknown", trouble="stopped while sending", attempted_at=F("leased_until")
    )


class Migration(migrations.Migration):
    dependencies = [("submissions", "0010_never_emptied")]
    operations = [
        migrations.RemoveIndex(model_name="mail", name="mail_a_day"),
        migrations.AddField(
            model_name="mail", name="attempted_at", field=models.DateTimeField(null=True)
        ),
        migrations.AlterField(
            model_name="mail",
            name="state",
            field=models.CharField(
                choices=[(state, state.replace("_", " ").capitalize()) for state in STATES],
                default="queued",
                max_length=12,
            ),
        ),
        migrations.RunPython(settle_what_is_there, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=~Q(address_hash=""),
                fields=["address_hash", "state"],
                name="mail_to_a_mailbox",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(
                condition=Q(state="sending") & ~Q(address_hash=""),
                fields=("address_hash",),
                name="one_mail_at_a_time_to_a_mailbox",
            ),
        ),
    ]
