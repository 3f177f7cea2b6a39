"""Two managers on one campaign: nothing is saved or published over what the other did unseen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.rules.roles import Role
from campaigns.hosting.local import LocalHost
from campaigns.publishing.services.checks import publish_cautions
from campaigns.setup.models import Campaign
from ingest_lambda.adapters.table import Table
from tests.campaigns.admin_pages import campaign_data, change_address, signed_in
from tests.campaigns.factories import make_client, make_draft, make_user, publish
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db


def manager(campaign: Campaign, name: str) -> Browser:
    user = make_user((campaign.client, Role.CAMPAIGN_MANAGER))
    user.first_name = name
    user.save()
    return signed_in(user)


def seen(browser: Browser, address: str) -> str:
    """Return what a page says that it shows."""
    return str(browser.get(address).context["seen"])


def save(browser: Browser, campaign: Campaign, **changes: Any) -> Any:
    return browser.post(change_address(campaign), campaign_data(campaign, **changes))


def test_what_another_manager_saved_is_not_saved_over_unseen() -> None:
    campaign = Campaign.objects.create(client=make_client(), name="Summer", slug="summer")
    max_, olivia = manager(campaign, "Max"), manager(campaign, "Olivia")
    shown = seen(max_, change_address(campaign))
    assert save(max_, campaign, seen=shown, radius=4).status_code == 302

    page = save(olivia, campaign, seen=shown, name="Winter")
    assert "Max changed Summer while this page was open." in page.content.decode()
    campaign.refresh_from_db()
    assert (campaign.name, campaign.radius) == ("Summer", 4)

    assert save(olivia, campaign, seen=page.context["seen"], name="Winter").status_code == 302
    campaign.refresh_from_db()
    assert campaign.name == "Winter"


def test_a_manager_publishes_what_the_page_showed(table: Table, host: LocalHost) -> None:
    now = timezone.now()
    campaign = make_draft(opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=28))
    cautions = [caution.key for caution in publish_cautions(campaign, at=now)]
    publish(campaign, at=now, accepted=cautions)
    max_, olivia = manager(campaign, "Max"), manager(campaign, "Olivia")
    address = reverse("admin:campaigns_campaign_publish", args=[campaign.pk])
    first, second = seen(max_, address), seen(olivia, address)
    words = {"reason": "A clearer sentence.", "accepted": cautions}

    assert max_.post(address, {**words, "seen": first}).status_code == 302
    page = olivia.post(address, {**words, "seen": second})
    assert "Max published" in page.content.decode()
    assert campaign.releases.count() == 2
    assert olivia.post(address, {**words, "seen": page.context["seen"]}).status_code == 302
    assert campaign.releases.count() == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_moment_one_is_refused() -> None:
    campaign = Campaign.objects.create(client=make_client(), name="Summer", slug="summer")
    browsers = [manager(campaign, name) for name in ("Max", "Olivia")]
    shown = seen(browsers[0], change_address(campaign))

    def saving(browser: Browser, radius: int) -> Callable[[], int]:
        return lambda: int(save(browser, campaign, seen=shown, radius=radius).status_code)

    answers = at_once(*(saving(browser, 3 + nth) for nth, browser in enumerate(browsers)))
    assert sorted(answers) == [200, 302]
    campaign.refresh_from_db()
    assert campaign.radius == 3 + answers.index(302)
