"""Keep with a release which images it shows; reckon the clock by what was released."""

from importlib import import_module

from django.db import migrations, models

from campaigns.models.campaign import check_slug

frozen = import_module("campaigns.migrations.0004_frozen_by_the_database")


def place_what_is_published(apps, schema_editor):
    """Give every published campaign its place, as yet behind, so that the clock carries it."""
    release = apps.get_model("campaigns", "Release")
    placement = apps.get_model("campaigns", "Placement")
    for campaign in apps.get_model("campaigns", "Campaign").objects.exclude(state="draft"):
        if release.objects.filter(campaign=campaign, is_test=False).exists():
            placement.objects.get_or_create(
                campaign=campaign,
                is_test=False,
                defaults={
                    "revision": 1,
                    "opens_at": campaign.opens_at,
                    "closes_at": campaign.closes_at,
                },
            )


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_frozen_by_the_database")]
    operations = [
        migrations.RunPython(frozen.allow, frozen.forbid),
        migrations.AddField(
            model_name="placement",
            name="closes_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="placement",
            name="opens_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="release",
            name="images",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="The stored files of hero and logo, by those words.",
            ),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="slug",
            field=models.CharField(max_length=60, unique=True, validators=[check_slug]),
        ),
        migrations.RunPython(place_what_is_published, migrations.RunPython.noop),
        migrations.RunPython(frozen.forbid, frozen.allow),
    ]
