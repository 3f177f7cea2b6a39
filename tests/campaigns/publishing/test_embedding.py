"""Who may embed a page is in force without a release, for its own campaign only, and can be taken back."""

import pytest
from django.test import Client as Browser

from campaigns.accounts.models import AuditEntry
from campaigns.hosting.local import LocalHost
from campaigns.publishing.services.embedding import NoSuchSite, let_embed
from campaigns.publishing.services.pages import NoEarlierPage, roll_page_back
from campaigns.rendering import policy_of
from campaigns.setup.models import Campaign
from tests.campaigns.factories import NOON, make_draft, publish
from tests.campaigns.published import placement_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("table")]
SHOP = "https://shop.example"


def live() -> Campaign:
    campaign = make_draft()
    publish(campaign)
    return campaign


def test_a_site_may_embed_the_page_at_once_and_no_other_campaign_s(host: LocalHost) -> None:
    campaign, other = live(), live()
    let_embed(campaign, [SHOP], actor=None, at=NOON)
    page = host.read(campaign.slug, "index.html")
    assert page
    assert f"frame-ancestors 'self' {SHOP}" in policy_of(page)
    assert host.read(campaign.slug, "embed.js")
    untouched = host.read(other.slug, "index.html")
    assert untouched
    assert policy_of(untouched).endswith("frame-ancestors 'self'")
    assert host.read(other.slug, "embed.js") is None
    assert campaign.releases.count() == 1
    assert AuditEntry.objects.get(code="campaign.embedding_changed").after == {"sites": [SHOP]}


def test_the_web_process_sends_the_same_and_no_older_header_against_it(host: LocalHost) -> None:
    campaign = live()
    let_embed(campaign, [SHOP], actor=None, at=NOON)
    answer = Browser().get(f"/c/{campaign.slug}/")
    assert answer["Content-Security-Policy"].endswith(f"frame-ancestors 'self' {SHOP}")
    assert "X-Frame-Options" not in answer
    script = Browser().get(f"/c/{campaign.slug}/embed.js")
    assert script["Content-Type"].startswith("text/javascript")
    assert script["Cache-Control"] == "public, max-age=60"


def test_what_is_taken_back_is_gone_and_no_way_back_leads_there(host: LocalHost) -> None:
    campaign = live()
    let_embed(campaign, [SHOP], actor=None, at=NOON)
    let_embed(campaign, [], actor=None, at=NOON)
    page = host.read(campaign.slug, "index.html")
    assert page
    assert policy_of(page).endswith("frame-ancestors 'self'")
    assert host.read(campaign.slug, "embed.js") is None
    with pytest.raises(NoEarlierPage):
        roll_page_back(placement_of(campaign), actor=None, at=NOON)


def test_the_same_again_changes_nothing_and_a_form_saved_meanwhile_takes_nothing_back(
    host: LocalHost,
) -> None:
    campaign = live()
    stale = Campaign.objects.get(pk=campaign.pk)
    let_embed(campaign, [SHOP], actor=None, at=NOON)
    before = placement_of(campaign).revision
    let_embed(campaign, ["shop.example"], actor=None, at=NOON)
    assert placement_of(campaign).revision == before
    stale.name = "Renamed"
    stale.save()
    assert Campaign.objects.get(pk=campaign.pk).embed_origins == [SHOP]


def test_a_draft_may_be_prepared_and_what_is_no_site_is_refused(host: LocalHost) -> None:
    draft = make_draft()
    let_embed(draft, [SHOP], actor=None, at=NOON)
    with pytest.raises(NoSuchSite):
        let_embed(draft, ["* 'unsafe'"], actor=None, at=NOON)
    publish(draft)
    page = host.read(draft.slug, "index.html")
    assert page
    assert SHOP.encode() in page
