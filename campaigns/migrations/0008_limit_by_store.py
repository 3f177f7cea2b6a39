"""Count the receipts that a person sends from one store."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0007_partner_key_hash")]
    operations = [
        migrations.AlterField(
            model_name="limit",
            name="scope",
            field=models.CharField(
                choices=[
                    ("person", "Person"),
                    ("phone", "Phone"),
                    ("receipt", "Receipt"),
                    ("store", "Store"),
                    ("household", "Household"),
                    ("device", "Device"),
                ],
                default="person",
                max_length=10,
            ),
        )
    ]
