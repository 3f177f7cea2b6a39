"""What changes a campaign for everyone asks first, and only a POST answers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.models import Membership
from campaigns.accounts.rules.roles import Role
from campaigns.hosting.local import LocalHost
from campaigns.publishing.services.checks import publish_cautions
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.adapters.table import Table
from tests.campaigns.factories import (
    make_client,
    make_draft,
    make_prize,
    make_promoter,
    make_user,
)

pytestmark = pytest.mark.django_db


def browser_of(role: Role, client) -> Browser:
    browser = Browser()
    browser.force_login(make_user((client, role)))
    return browser


def make_manager_and_campaign() -> tuple[Browser, Campaign]:
    client, user = make_client(), make_user()
    Membership.objects.create(user=user, client=client, role=Role.OWNER.value)
    now = datetime.now(UTC)
    campaign = Campaign.objects.create(
        client=client,
        name="Summer",
        slug="summer",
        state=CampaignState.LIVE.value,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
    )
    browser = Browser()
    browser.force_login(user)
    return browser, campaign


def make_open_draft(**overrides) -> tuple[Browser, Campaign]:
    """Make a draft that opens now, and its manager's browser."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    client = make_promoter()
    dates = {"opens_at": now, "closes_at": now + timedelta(days=28)}
    campaign = make_draft(**{"client": client, **dates, **overrides})
    return browser_of(Role.CAMPAIGN_MANAGER, client), campaign


def address(name: str, campaign: Campaign) -> str:
    return reverse(f"admin:campaigns_campaign_{name}", args=[campaign.pk])


def test_a_link_alone_closes_nothing() -> None:
    browser, campaign = make_manager_and_campaign()
    answer = browser.get(address("close", campaign))
    assert answer.status_code == 200
    assert b"for good" in answer.content
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.LIVE


def test_closing_takes_the_typed_slug() -> None:
    browser, campaign = make_manager_and_campaign()
    browser.post(address("close", campaign), {"typed": "sommer"})
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.LIVE
    browser.post(address("close", campaign), {"typed": "summer"})
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.CLOSED


def test_publishing_asks_for_ticks_and_then_says_what_happened(
    table: Table, host: LocalHost
) -> None:
    browser, campaign = make_open_draft(privacy_url="")
    asked = browser.get(address("publish", campaign)).content.decode()
    assert "links to no privacy notice" in asked
    refused = browser.post(address("publish", campaign))
    assert "Accept what is unusual" in refused.content.decode()
    done = browser.post(
        address("publish", campaign), {"accepted": ["privacy_link_missing"]}, follow=True
    )
    assert "Release 1 is live" in done.content.decode()
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.LIVE


def test_an_amendment_asks_why_and_shows_what_changes(table: Table, host: LocalHost) -> None:
    browser, campaign = make_open_draft()
    browser.post(address("publish", campaign))
    Campaign.objects.filter(pk=campaign.pk).update(rules={"en": "Two a day."})
    asked = browser.get(address("publish", campaign)).content.decode()
    assert "Official rules" in asked
    assert 'name="reason"' in asked
    assert 'name="note_en"' in asked
    refused = browser.post(address("publish", campaign), {"note_en": "Two."}).content.decode()
    assert "Say for the record" in refused
    assert ">Two.</textarea>" in refused
    words = {"reason": "More joy.", "note_en": "Two a day now."}
    done = browser.post(address("publish", campaign), words, follow=True).content.decode()
    assert "Release 2 is live" in done
    assert campaign.releases.get(number=2).public_note == {"en": "Two a day now."}
    browser.post(address("pause", campaign))
    done = browser.post(address("publish", campaign), words, follow=True).content.decode()
    assert "Release 3 is in force; the campaign stays paused" in done


def test_what_is_missing_is_listed_instead_of_a_button() -> None:
    browser, campaign = make_open_draft(rules={})
    for name in ("publish", "publish_test"):
        page = browser.get(address(name, campaign)).content.decode()
        assert "official rules is missing in English" in page
        browser.post(address(name, campaign))
    assert not campaign.releases.exists()


def test_moments_that_may_be_lost_want_the_address_typed_and_no_tick_stands_for_it(
    table: Table, host: LocalHost
) -> None:
    browser, campaign = make_open_draft()
    make_prize(campaign, unclaimed="void")
    ticks = {"accepted": [one.key for one in publish_cautions(campaign, at=datetime.now(UTC))]}
    assert (
        f"Type <b>{campaign.slug}</b>" in browser.get(address("publish", campaign)).content.decode()
    )
    for typed in ({}, {"typed": "another"}):
        refused = browser.post(address("publish", campaign), ticks | typed).content.decode()
        assert f"Nothing was published. Type {campaign.slug} to confirm." in refused
    assert not campaign.releases.exists()
    browser.post(address("publish", campaign), ticks | {"typed": f" {campaign.slug} "})
    assert campaign.releases.count() == 1


def test_a_test_is_published_at_its_own_address(table: Table, host: LocalHost) -> None:
    browser, campaign = make_open_draft()
    assert b"unlisted link" in browser.get(address("publish_test", campaign)).content
    done = browser.post(address("publish_test", campaign), follow=True).content.decode()
    assert "Test 1 stands at its own address" in done
    assert host.read(campaign.test_slug, "index.html")
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.DRAFT


def test_staff_are_told_what_is_not_in_force_yet(
    table: Table, host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, campaign = make_open_draft()

    def full_disk(*_arguments: object, **_more: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(LocalHost, "put_page", full_disk)
    done = browser.post(address("publish", campaign), follow=True).content.decode()
    assert "not in force yet" in done
    assert "no space left" not in done


def test_pause_resume_close_archive_and_clone_by_hand(table: Table, host: LocalHost) -> None:
    browser, campaign = make_open_draft()
    browser.post(address("publish", campaign))
    for name, after in (
        ("pause", CampaignState.PAUSED),
        ("resume", CampaignState.LIVE),
        ("close", CampaignState.CLOSED),
        ("archive", CampaignState.ARCHIVED),
    ):
        browser.post(address(name, campaign), {"typed": campaign.slug} if after else {})
        if name in ("pause", "resume"):
            browser.post(address(name, campaign))
        campaign.refresh_from_db()
        assert campaign.state == after, name
    assert browser.post(address("resume", campaign), follow=True).status_code == 200
    browser.post(address("clone", campaign))
    assert Campaign.objects.filter(state=CampaignState.DRAFT.value).count() == 1


def test_the_preview_leads_to_a_folder_that_the_form_builder_may_frame() -> None:
    browser, campaign = make_open_draft(opens_at=None, closes_at=None)
    folder = browser.get(address("preview", campaign))["Location"]
    assert folder.endswith("/")
    page = browser.get(folder)
    assert page.status_code == 200
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    assert browser.get(f"{folder}status/").status_code == 200
    assert browser.get(f"{folder}nothing.css").status_code == 404
    assert browser.post(folder).status_code == 405
    assert browser.post(address("preview", campaign)).status_code == 404


def test_a_moderator_sees_the_preview_and_publishes_nothing() -> None:
    _, campaign = make_open_draft()
    browser = browser_of(Role.MODERATOR, campaign.client)
    assert browser.get(address("preview", campaign), follow=True).status_code == 200
    for name in ("publish", "publish_test", "pause", "close", "archive", "clone"):
        assert browser.post(address(name, campaign)).status_code == 404
