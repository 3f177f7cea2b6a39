"""The name before a mail's address is never another address, nor the platform's."""

import pytest
from django.urls import reverse

from campaigns.accounts.models import Client
from campaigns.accounts.rules.roles import Role
from tests.campaigns.admin_pages import campaign_data, change_address
from tests.campaigns.factories import make_client
from tests.security.sending import OURS, SPOOFED, browser_of, save_client, sent_from
from tests.submissions.factories import make_campaign


@pytest.mark.django_db
@pytest.mark.parametrize("typed", SPOOFED)
def test_no_name_before_the_address_is_another_address(typed: str):
    campaign = make_campaign()
    client, kept = campaign.client, []
    owner = browser_of((client, Role.OWNER))
    save_client(owner, client, sender_name=typed)
    kept.append(client.sender_name)
    save_client(owner, client, name=typed)
    kept.append(client.name)
    owner.post(change_address(campaign), campaign_data(campaign, sender_name=typed))
    campaign.refresh_from_db()
    kept.append(campaign.sender_name)
    assert typed not in kept
    assert not [name for name in kept if "@" in name or "=?" in name or not name.isprintable()]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", SPOOFED)
def test_a_name_that_is_stored_already_is_judged_again_when_a_mail_is_sent(typed: str):
    campaign = make_campaign(sender_name=typed)
    campaign.client.sender_name = typed
    campaign.client.save()
    assert sent_from(campaign) == (f"{campaign.client.name} via CampaignHub", OURS)


@pytest.mark.django_db
def test_no_name_that_a_client_chose_stands_before_the_address_of_all_clients():
    campaign = make_campaign(sender_name="Nordlicht Foods")
    client = campaign.client
    owner = browser_of((client, Role.OWNER))
    save_client(owner, client, sender_name="Nordlicht Foods")
    assert client.sender_name == "Nordlicht Foods"
    own_page = owner.get(reverse("admin:accounts_client_change", args=[client.pk]))
    assert f"{client.name} via CampaignHub &lt;{OURS}&gt;" in own_page.content.decode()
    assert sent_from(campaign) == (f"{client.name} via CampaignHub", OURS)


@pytest.mark.django_db
def test_an_operator_s_slip_makes_no_client_of_the_platform_s_name():
    operator = browser_of(operator=True)
    page = operator.post(reverse("admin:accounts_client_add"), {"name": "CampaignHub Support"})
    assert "can&#x27;t contain CampaignHub" in page.content.decode()
    assert not Client.objects.filter(name__startswith="CampaignHub").exists()
    stored = make_campaign(client=make_client("CampaignHub Support"))
    assert sent_from(stored) == ("CampaignHub", OURS)
