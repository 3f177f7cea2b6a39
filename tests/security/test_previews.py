"""The page of a draft is shown beside the admin, and can do nothing to it."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaignhub.content_policy import HEADER
from campaignhub.env import env
from campaigns.accounts.models import Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.hosting.local import LocalHost
from campaigns.publishing.services.drafts import draft_of, draft_token
from campaigns.setup.models import Campaign
from tests.campaigns.admin_pages import campaign_data, change_address, rows, signed_in
from tests.campaigns.factories import make_client, make_draft, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return make_user((make_client(uuid4().hex), Role.CAMPAIGN_MANAGER))


@pytest.fixture
def campaign(manager: User) -> Campaign:
    return make_draft(client=manager.memberships.get().client)


def preview_of(browser: Browser, campaign: Campaign) -> Any:
    """Return the draft's page as a browser reaches it."""
    return browser.get(reverse("admin:campaigns_campaign_preview", args=[campaign.pk]), follow=True)


def test_a_draft_is_shown_in_a_sandbox_without_the_admins_origin(manager, campaign):
    page = preview_of(signed_in(manager), campaign)
    policy = page[HEADER]

    assert page.status_code == 200
    assert re.search(r"; sandbox(?! [^;]*allow-same-origin)", policy)
    assert "unsafe" not in policy


def test_the_frame_of_the_form_builder_is_a_sandbox(manager, campaign):
    page = signed_in(manager).get(change_address(campaign)).content.decode()
    frames = re.findall(r"<iframe[^>]*>", page)

    assert len(frames) == 1
    assert 'sandbox="' in frames[0]
    assert "allow-same-origin" not in frames[0]
    assert "allow-top-navigation" not in frames[0]


def test_the_style_of_what_is_typed_needs_the_nonce_of_the_page_around_it(manager, campaign):
    browser = signed_in(manager)
    pages = [browser.get(change_address(campaign)) for _time in range(2)]
    nonces = [
        found[1]
        for page in pages
        if (found := re.search(r"style-src 'self' 'nonce-([\w-]{20,})'", page[HEADER]))
    ]

    assert len(set(nonces)) == 2
    for page, nonce in zip(pages, nonces, strict=True):
        assert f'data-style-nonce="{nonce}"' in page.content.decode()
        assert "script-src 'self';" in page[HEADER]


def test_what_is_typed_cannot_close_the_style_of_the_live_preview(manager, campaign):
    typed = campaign_data(
        campaign, **rows("form_fields", []), brand_colour="#123456", style_nonce='"><script>'
    )
    address = reverse("admin:campaigns_campaign_live_preview", args=[campaign.pk])
    html = signed_in(manager).post(address, typed).json()["html"]

    assert "<script>" not in html
    assert html.count("</style") == 1


def test_a_drafts_files_are_reached_by_its_link_alone_and_by_no_other(manager, campaign):
    entry = signed_in(manager).get(reverse("admin:campaigns_campaign_preview", args=[campaign.pk]))
    address = entry["Location"]
    passer_by = Browser()
    page = passer_by.get(address)
    style = re.search(r'href="\./(assets/page\.[^"]+)"', page.content.decode())

    assert style
    assert passer_by.get(f"{address}{style[1]}").status_code == 200
    forged = address[:-2] + ("A" if address[-2] != "A" else "B") + "/"
    assert passer_by.get(forged).status_code == 404
    assert passer_by.get(reverse("draft_page", args=["x"])).status_code == 404
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "private, no-store"


def test_a_link_to_a_draft_ends_with_its_hour_and_with_the_role_of_its_viewer(manager, campaign):
    at = timezone.now().replace(minute=59, second=59)
    token = draft_token(campaign, viewer=manager, at=at)

    assert draft_of(token, at=at + timedelta(seconds=2)) == campaign
    assert draft_of(token, at=at + timedelta(hours=1, seconds=2)) is None
    Membership.objects.filter(user=manager).delete()
    assert draft_of(token, at=at) is None
    User.objects.filter(pk=manager.pk).delete()
    assert draft_of(token, at=at) is None


def test_another_tenant_gets_no_link_to_a_draft(campaign):
    stranger = signed_in(make_user((make_client(uuid4().hex), Role.OWNER)))
    viewer = make_user((make_client(uuid4().hex), Role.OWNER))

    assert preview_of(stranger, campaign).status_code == 404
    token = draft_token(campaign, viewer=viewer, at=timezone.now())
    assert draft_of(token, at=timezone.now()) is None


def test_a_published_page_asks_for_its_own_folder_only_and_holds_no_window_of_the_admin(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(env(), "site_root", tmp_path)
    LocalHost(tmp_path).put_page("summer", {"index.html": b"<p>Win</p>"}, revision=1)
    page = Browser().get("/c/summer/")
    asks = re.search(r"connect-src ([^;]*)", page[HEADER])

    assert asks
    assert asks[1].split()[0] == "http://testserver/c/summer/"
    assert "'self'" not in asks[1]
    # Only between pages that both say "same-origin" does a window stay in hand.
    assert page["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert Browser().get("/admin/login/")["Cross-Origin-Opener-Policy"] == "same-origin"
