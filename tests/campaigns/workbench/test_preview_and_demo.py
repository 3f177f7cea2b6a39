"""The preview of a draft, and the demo."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from campaigns.accounts.models import User
from campaigns.hosting.local import LocalHost
from campaigns.publishing.models import Release
from campaigns.publishing.services.changes import changes_since_release
from campaigns.publishing.services.drafts import preview_files
from campaigns.publishing.services.propagate import propagate_due
from campaigns.setup.models import Campaign
from campaigns.setup.services.pictures import HERO, tidy_picture
from campaigns.workbench.services.demo import make_demo
from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import Manifest
from tests.campaigns.factories import make_client, make_draft, publish

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ preview


def test_a_draft_with_nothing_in_it_has_a_preview() -> None:
    campaign = Campaign.objects.create(client=make_client(), name="Empty", slug="empty")
    page = preview_files(campaign)["index.html"].decode()
    assert "data-preview" in page
    assert "Empty" in page
    assert not Release.objects.exists()


def test_a_preview_shows_the_draft_and_not_what_is_live(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    publish(campaign)
    campaign.headline = {"en": "Win three"}
    campaign.save()
    assert b"Win three" in preview_files(campaign)["index.html"]
    assert b"Win three" not in (host.read(campaign.slug, "index.html") or b"")
    assert changes_since_release(campaign) == ["Texts"]


def test_a_preview_leaves_out_a_picture_that_is_gone_and_shows_one_that_is_there() -> None:
    campaign = make_draft()
    campaign.logo.name = "logos/gone.png"
    file = io.BytesIO()
    Image.new("RGB", (90, 60), "red").save(file, "PNG")
    file.seek(0)
    picture = tidy_picture(file, use=HERO)
    campaign.hero_image.save(str(picture.name), picture)
    heroes = [path for path in preview_files(campaign) if path.startswith("assets/hero")]
    assert heroes


def test_a_campaign_that_was_never_published_has_no_changes() -> None:
    assert changes_since_release(make_draft()) == []


def test_a_released_picture_stands_on_the_page(table: Table, host: LocalHost) -> None:
    campaign = make_draft(hero_alt={"en": "A bay"})
    file = io.BytesIO()
    Image.new("RGB", (90, 60), "red").save(file, "PNG")
    file.seek(0)
    picture = tidy_picture(file, use=HERO)
    campaign.hero_image.save(str(picture.name), picture)
    release = publish(campaign)
    assert list(release.images) == ["hero"]
    assert b"A bay" in (host.read(campaign.slug, "index.html") or b"")


# ------------------------------------------------------------------ demo


def test_the_demo_is_three_live_campaigns_in_four_languages_and_made_once(
    table: Table, host: LocalHost
) -> None:
    at = datetime(2026, 6, 1, 9, 30, 12, tzinfo=UTC)
    demo = make_demo(at=at, known_accounts=[])
    facts: dict[str, dict[str, Any]] = {c["slug"]: c for c in demo.campaigns}
    assert facts["summer-receipts"]["receipt_field"] == "receipt"
    assert facts["quick-draw"]["receipt_field"] is None
    assert set(facts["summer-receipts"]["answers"]) == {"given_name", "family_name", "email"}
    assert facts["quick-draw"]["consents"] == {"accept_rules": True}
    assert facts["instant-win"]["prizes"] == [
        {"key": "voucher", "mechanic": "moment", "stock": 50},
        {"key": "sticker", "mechanic": "everyone", "stock": 200},
    ]
    for slug in facts:
        current = table.published.current(slug)
        assert current is not None
        assert current.release == 1
        for language in ("", "es/", "de/", "fr/"):
            assert host.read(slug, f"{language}index.html")
    manifest = Manifest.model_validate(
        Release.objects.get(campaign__slug="summer-receipts").manifest
    )
    limits = {(str(limit.scope), limit.count, str(limit.window.kind)) for limit in manifest.limits}
    assert limits == {("person", 1, "day"), ("person", 10, "campaign"), ("receipt", 1, "campaign")}

    assert User.objects.filter(email="").count() == 0, "each can send test e-mails to oneself"
    again = make_demo(at=at, known_accounts=demo.accounts)
    assert again == demo
    assert Release.objects.count() == 3
    assert propagate_due(at) == []
