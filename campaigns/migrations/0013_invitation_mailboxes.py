"""Count the mails of invitations by mailbox instead of by address. Earlier rows count for no mailbox."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0012_sender_identities'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='invitation',
            name='invitation_mails_by_address',
        ),
        migrations.AddField(
            model_name='invitation',
            name='mailbox_hash',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['mailbox_hash', 'mailed_at'], name='invitation_mails_by_mailbox'),
        ),
    ]
