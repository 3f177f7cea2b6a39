"""Know a partner's key by its hash, so that it opens the campaigns of its own client only.

A key from before has none and opens nothing: revoke it and make another.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0006_client_block_list_due")]
    operations = [
        migrations.AddField(
            model_name="partnerkey",
            name="key_hash",
            field=models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="partnerkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key_hash", ""), _negated=True),
                fields=("key_hash",),
                name="partner_key_belongs_to_one_client",
            ),
        ),
    ]
