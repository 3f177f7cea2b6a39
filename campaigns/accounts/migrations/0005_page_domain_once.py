from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_auditor'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='client',
            constraint=models.UniqueConstraint(condition=models.Q(('page_domain', ''), _negated=True), fields=('page_domain',), name='page_domain_is_one_clients'),
        ),
    ]
