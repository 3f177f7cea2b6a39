from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0004_filters_of_the_lists'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeletedTest',
            fields=[
                ('submission_id', models.UUIDField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_index=True)),
            ],
        ),
    ]
