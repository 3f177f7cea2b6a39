"""What changes a campaign for everyone asks first, and only a POST answers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from campaigns.models import Campaign, Membership
from campaigns.rules.roles import Role
from campaigns.rules.states import CampaignState
from tests.campaigns.factories import make_client, make_user

pytestmark = pytest.mark.django_db


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


def test_a_link_alone_closes_nothing() -> None:
    browser, campaign = make_manager_and_campaign()
    address = reverse("admin:campaigns_campaign_close", args=[campaign.pk])
    answer = browser.get(address)
    assert answer.status_code == 200
    assert b"for good" in answer.content
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.LIVE


def test_closing_takes_the_typed_slug() -> None:
    browser, campaign = make_manager_and_campaign()
    address = reverse("admin:campaigns_campaign_close", args=[campaign.pk])
    browser.post(address, {"typed": "sommer"})
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.LIVE
    browser.post(address, {"typed": "summer"})
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.CLOSED
