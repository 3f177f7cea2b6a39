from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0004_reasons'),
    ]

    operations = [
        migrations.AddField(
            model_name='formfield',
            name='party',
            field=models.CharField(blank=True, help_text='Of a consent: the partner it is given to; empty: the client.', max_length=120),
        ),
    ]
