from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mail',
            name='kind',
            field=models.CharField(choices=[('received', 'Received'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('asked_again', 'Asked again'), ('reminder', 'Reminder'), ('refused', 'Refused'), ('reopened', 'Reopened'), ('revoked', 'Revoked')], max_length=20),
        ),
    ]
