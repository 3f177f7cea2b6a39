from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0003_copies'),
    ]

    operations = [
        migrations.CreateModel(
            name='SendingHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(blank=True, max_length=254, unique=True)),
                ('reason', models.CharField(choices=[('daily_quota', 'Daily quota'), ('sandbox', 'Sandbox'), ('paused', 'Paused'), ('suspended', 'Suspended'), ('sender', 'Sender'), ('denied', 'Denied'), ('configuration', 'Configuration'), ('credentials', 'Credentials')], max_length=20)),
                ('since', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField()),
            ],
        ),
    ]
