from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("mail", "0005_outages")]

    operations = [
        migrations.RemoveIndex(model_name="mail", name="mail_trouble_of_campaign"),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("state", "failed")),
                fields=["campaign", "state"],
                name="mail_failed_of_campaign",
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("state", "unknown")),
                fields=["campaign", "state"],
                name="mail_unknown_of_campaign",
            ),
        ),
    ]
