"""Limit presets: one click, and never a contradiction."""

import pytest

from campaigns.publishing.services.checks import publish_cautions, publish_problems
from campaigns.publishing.services.manifest import manifest_of, page_content
from campaigns.setup.models import Limit
from campaigns.setup.rules.limit_presets import PRESETS, Preset, preset_named
from campaigns.workbench.services.limits import LimitsContradict, apply_preset
from tests.campaigns.factories import NOON, logged, make_draft

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_alone_can_be_published(preset: Preset) -> None:
    campaign = make_draft()
    campaign.limits.all().delete()
    if preset.name == "one_per_household":
        for kind, meaning in (("text", "address"), ("postal_code", "postcode")):
            campaign.form_fields.create(
                name=meaning,
                kind=kind,
                meaning=meaning,
                label={"en": meaning},
                routes=campaign.routes,
            )
    if preset.name == "three_per_store_a_day":
        campaign.form_fields.create(
            name="shop",
            kind="text",
            meaning="store",
            label={"en": "Store"},
            routes=campaign.routes,
        )
    assert apply_preset(campaign, preset, actor=None, at=NOON)
    assert publish_problems(campaign, at=NOON) == []
    assert publish_cautions(campaign, at=NOON) == []
    assert page_content(campaign, release=1).limits["en"]
    names = [limit.name for limit in manifest_of(campaign, release=1, page_sha256="0" * 64).limits]
    assert len(set(names)) == len(preset.limits)


def test_a_preset_changes_the_limit_of_its_scope_and_window_and_keeps_the_others() -> None:
    campaign = make_draft()
    Limit.objects.filter(campaign=campaign).update(count=3)
    Limit.objects.create(campaign=campaign, scope="receipt", count=1, window="campaign")
    preset = preset_named("one_a_day_ten_in_all")
    assert preset is not None
    apply_preset(campaign, preset, actor=None, at=NOON)
    assert sorted(limit.name for limit in campaign.limits.all()) == [
        "person_campaign",
        "person_day",
        "receipt_campaign",
    ]
    assert campaign.limits.get(window="day").count == 1
    assert logged("campaign.limits_set")["preset"] == preset.name


def test_a_preset_that_contradicts_what_is_there_is_refused_whole() -> None:
    campaign = make_draft()
    Limit.objects.filter(campaign=campaign).update(count=3)
    preset = preset_named("one_per_person")
    assert preset is not None
    with pytest.raises(LimitsContradict, match="can never be reached"):
        apply_preset(campaign, preset, actor=None, at=NOON)
    assert campaign.limits.count() == 1


def test_a_limit_goes_on_counting_under_its_name_when_its_number_changes() -> None:
    campaign = make_draft()
    limit = campaign.limits.get()
    before = limit.name
    limit.count = 9
    assert limit.name == before == "person_day"
    rolling = Limit(campaign=campaign, scope="person", window="rolling", hours=36, count=1)
    assert rolling.name == "person_rolling_36"


def test_there_is_no_preset_of_another_name() -> None:
    assert preset_named("three_per_store") is None
