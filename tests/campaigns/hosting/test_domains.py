"""Several clients' domains on one installation: each client's pages, API and mails are at its own."""

import io

import pytest
from django.core.management import CommandError, call_command

from campaignhub import aws
from campaignhub.env import env
from campaigns.accounts.models import Client
from campaigns.hosting.host import api_address, page_address
from campaigns.setup.models import Campaign
from tests.campaigns.factories import make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_s3(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment with two names beside the distribution's own."""
    for name, value in {
        "site_host": "s3",
        "distribution_domain": "d1.cloudfront.net",
        "page_domains": "play.agency.example,win.example.com",
        "public_api_url": "https://play.agency.example",
    }.items():
        monkeypatch.setattr(env(), name, value)
    aws.live_pages.cache_clear()


def given(client: Client, domain: str) -> None:
    call_command("client_domain", client.name, domain, stdout=io.StringIO())


@pytest.mark.usefixtures("on_s3")
def test_a_client_s_pages_and_their_api_are_at_its_domain_and_another_s_at_the_installation_s() -> (
    None
):
    mine, other = make_draft(), make_draft()
    given(mine.client, "WIN.example.com.")
    mine = Campaign.objects.get(pk=mine.pk)
    assert page_address(mine) == f"https://win.example.com/{mine.slug}/"
    assert page_address(mine, is_test=True) == f"https://win.example.com/{mine.test_slug}/"
    assert api_address(mine) == "https://win.example.com"
    assert page_address(other) == f"https://play.agency.example/{other.slug}/"
    assert api_address(other) == "https://play.agency.example"


@pytest.mark.usefixtures("on_s3")
def test_a_domain_that_the_distribution_does_not_answer_to_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    campaign = make_draft()
    with pytest.raises(CommandError, match=r"manage\.py domain add elsewhere\.example"):
        given(campaign.client, "elsewhere.example")
    with pytest.raises(CommandError, match="no client"):
        call_command("client_domain", "Nobody", "win.example.com")
    given(campaign.client, "win.example.com")
    # And taken away from the distribution later, it is in no link any more.
    monkeypatch.setattr(env(), "page_domains", "play.agency.example")
    campaign = Campaign.objects.get(pk=campaign.pk)
    assert page_address(campaign) == f"https://play.agency.example/{campaign.slug}/"
    given(campaign.client, "")
    assert Client.objects.get(pk=campaign.client_id).page_domain == ""
