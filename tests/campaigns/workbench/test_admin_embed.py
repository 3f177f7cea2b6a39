"""The screen that embeds a campaign shows the line as text, takes sites, and says what is none."""

import html

import pytest
from django.urls import reverse

from campaigns.accounts.rules.roles import Role
from campaigns.hosting.host import page_address
from campaigns.setup.models import Campaign
from tests.campaigns.admin_pages import signed_in
from tests.campaigns.factories import make_draft, make_user, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("table", "host")]
HOSTILE = '"><script>alert(1)</script>'


def test_the_line_is_text_on_the_screen_and_holds_the_campaign_s_words_as_words() -> None:
    campaign = make_draft(headline={"en": HOSTILE})
    publish(campaign)
    browser = signed_in(make_user((campaign.client, Role.OWNER)))
    address = reverse("admin:campaigns_campaign_embed", args=[campaign.pk])
    shown = browser.get(address).content.decode()
    assert "<script>alert" not in shown
    assert f'src="{page_address(campaign)}embed.js"' not in shown
    line = html.unescape(shown.split('id="embed-line-en">')[1].split("</code>")[0])
    start = f'<script async src="{page_address(campaign)}embed.js" data-title="'
    assert line == f'{start}{html.escape(HOSTILE)}"></script>'


def test_each_language_has_a_line_that_opens_the_page_in_it() -> None:
    campaign = make_draft(languages=["en", "de"], headline={"en": "Win", "de": "Gewinne"})
    browser = signed_in(make_user((campaign.client, Role.OWNER)))
    address = reverse("admin:campaigns_campaign_embed", args=[campaign.pk])
    shown = html.unescape(browser.get(address).content.decode())
    assert 'data-title="Win"></script>' in shown
    assert 'data-title="Gewinne" data-language="de"></script>' in shown


def test_sites_of_a_draft_are_in_force_once_it_is_published() -> None:
    campaign = make_draft()
    browser = signed_in(make_user((campaign.client, Role.OWNER)))
    address = reverse("admin:campaigns_campaign_embed", args=[campaign.pk])
    saved = browser.post(address, {"sites": "shop.example"}, follow=True).content.decode()
    assert "Saved. In force once you publish." in saved
    assert "within a minute" not in saved


def test_sites_are_saved_and_what_is_none_is_said_and_kept_in_the_form() -> None:
    campaign = make_draft()
    publish(campaign)
    browser = signed_in(make_user((campaign.client, Role.OWNER)))
    address = reverse("admin:campaigns_campaign_embed", args=[campaign.pk])
    saved = browser.post(address, {"sites": "Shop.example\r\n"}, follow=True)
    assert "Saved. In force within a minute." in saved.content.decode()
    refused = browser.post(address, {"sites": "http://shop.example"}).content.decode()
    assert "http://shop.example is no site." in refused
    assert Campaign.objects.get(pk=campaign.pk).embed_origins == ["https://shop.example"]
