"""Which file was submitted with which entry."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='SubmittedFile',
            fields=[
                ('key', models.CharField(max_length=300, primary_key=True, serialize=False)),
                ('submission_id', models.UUIDField(db_index=True)),
                ('attempt', models.PositiveSmallIntegerField()),
                ('sha256', models.CharField(max_length=64, null=True)),
                ('scope', models.UUIDField(null=True)),
                ('entered_at', models.DateTimeField(null=True)),
                ('counts', models.BooleanField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('counts', True), ('sha256__isnull', False)), fields=['scope', 'sha256', 'entered_at', 'submission_id'], name='file_submitted'), models.Index(condition=models.Q(('counts', False), ('sha256__isnull', False)), fields=['scope', 'sha256', 'entered_at', 'submission_id'], name='file_refused'), models.Index(condition=models.Q(('scope__isnull', True)), fields=['submission_id'], name='file_unsent')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('counts__isnull', True), ('entered_at__isnull', True), ('scope__isnull', True)), models.Q(('counts__isnull', False), ('entered_at__isnull', False), ('scope__isnull', False)), _connector='OR'), name='a_half_of_a_submitted_file_is_whole')],
            },
        ),
    ]
