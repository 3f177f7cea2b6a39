"""Staff take a campaign's page off the net and put it back, and show it in its earlier design or in the latest."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.models import AuditEntry
from campaigns.accounts.rules.roles import Role
from campaigns.hosting.local import LocalHost
from campaigns.publishing.services.lifecycle import move_campaign
from campaigns.publishing.services.pages import update_page
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from tests.campaigns.factories import NOON, make_draft, publish
from tests.campaigns.published import placement_of, shows
from tests.campaigns.workbench.test_admin_actions import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("table")]

ACTS = ("page_down", "page_up", "page_earlier", "page_latest")


def address(name: str, campaign: Campaign) -> str:
    return reverse(f"admin:campaigns_campaign_{name}", args=[campaign.pk])


def offered(browser: Browser, campaign: Campaign) -> set[str]:
    page = browser.get(address("change", campaign)).content.decode()
    return {name for name in ACTS if f'href="{address(name, campaign)}"' in page}


@pytest.fixture
def paused(host: LocalHost) -> Campaign:
    """Publish a campaign and pause it."""
    campaign = make_draft()
    publish(campaign)
    move_campaign(campaign, CampaignState.PAUSED, actor=None, at=NOON)
    return Campaign.objects.get(pk=campaign.pk)


@pytest.fixture
def manager(paused: Campaign) -> Browser:
    return browser_of(Role.CAMPAIGN_MANAGER, paused.client)


def test_a_page_is_taken_down_by_its_typed_address_and_put_back(
    manager: Browser, paused: Campaign, host: LocalHost
) -> None:
    assert offered(manager, paused) == {"page_down"}
    assert "Type <b>" in manager.get(address("page_down", paused)).content.decode()
    manager.post(address("page_down", paused), {"typed": "another"})
    assert shows(host, paused, b"Win")
    for _ in range(2):
        done = manager.post(address("page_down", paused), {"typed": paused.slug}, follow=True)
        assert "is down within a minute" in done.content.decode()
    assert host.read(paused.slug, "index.html") is None
    assert offered(manager, paused) == {"page_up"}
    manager.get(address("page_up", paused))
    assert host.read(paused.slug, "index.html") is None
    for _ in range(2):
        done = manager.post(address("page_up", paused), follow=True)
        assert "is back within a minute" in done.content.decode()
    assert shows(host, paused, b"Win")
    signed = AuditEntry.objects.filter(code__startswith="campaign.page_").order_by("pk")
    assert [line.code for line in signed] == ["campaign.page_taken_down", "campaign.page_put_back"]
    assert all(line.actor and line.client == paused.client for line in signed)


def test_a_page_by_which_people_enter_is_neither_offered_to_be_taken_down_nor_taken(
    manager: Browser, paused: Campaign, host: LocalHost
) -> None:
    move_campaign(paused, CampaignState.LIVE, actor=None, at=NOON)
    assert offered(manager, paused) == set()
    done = manager.post(address("page_down", paused), {"typed": paused.slug}, follow=True)
    assert "Pause" in done.content.decode()
    assert shows(host, paused, b"Win")


def test_the_earlier_design_is_shown_until_the_latest_is_asked_for(
    manager: Browser, paused: Campaign, host: LocalHost, templates: Callable[[str], None]
) -> None:
    templates("new")
    update_page(placement_of(paused), actor=None, at=NOON)
    assert offered(manager, paused) == {"page_down", "page_earlier"}
    done = manager.post(address("page_earlier", paused), follow=True).content.decode()
    assert "shows its earlier design" in done
    assert not shows(host, paused, b"<!-- new -->")
    assert offered(manager, paused) == {"page_down", "page_latest"}
    again = manager.post(address("page_earlier", paused), follow=True).content.decode()
    assert "has no earlier page" in again
    manager.post(address("page_latest", paused))
    assert shows(host, paused, b"<!-- new -->")
    manager.post(address("page_latest", paused))
    # And back once more: what was replaced is the way back again.
    assert offered(manager, paused) == {"page_down", "page_earlier"}
    signed = AuditEntry.objects.filter(code__startswith="campaign.page_").order_by("pk")
    assert [line.code for line in signed] == ["campaign.page_rolled_back", "campaign.page_updated"]
    assert all(line.actor for line in signed)


def test_a_moderator_and_another_client_s_manager_find_no_such_page(
    paused: Campaign, host: LocalHost
) -> None:
    strangers = (
        browser_of(Role.MODERATOR, paused.client),
        browser_of(Role.CAMPAIGN_MANAGER, make_draft(slug="elsewhere").client),
    )
    for browser in strangers:
        for name in ACTS:
            assert browser.get(address(name, paused)).status_code == 404
            answer = browser.post(address(name, paused), {"typed": paused.slug})
            assert answer.status_code == 404
    assert shows(host, paused, b"Win")


def test_what_was_never_published_has_no_page_to_show(manager: Browser, paused: Campaign) -> None:
    draft = make_draft(slug="never", client=paused.client)
    assert offered(manager, draft) == set()
    for name in ("page_earlier", "page_latest"):
        assert "has no page yet" in manager.post(address(name, draft), follow=True).content.decode()
