"""Deleting test data asks for the campaign's address, and is for those who publish."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Mode
from submissions.intake.services.mirroring import mirror_stream_records
from submissions.mirror.models import Submission
from tests.campaigns.factories import make_release, make_user
from tests.submissions.factories import NOON, make_campaign, make_record, streamed
from tests.support.jobs import run_jobs
from tests.support.simulated_aws import simulated_aws

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with simulated_aws(monkeypatch) as queues:
        yield queues


def make_entries(campaign: Campaign) -> None:
    for mode in (Mode.TEST, Mode.LIVE):
        mirror_stream_records([streamed(make_record(campaign, mode=mode))], at=NOON)


def page_of(campaign: Campaign) -> str:
    return reverse("admin:test_data", args=[campaign.pk])


def signed_in(campaign: Campaign, role: Role = Role.CAMPAIGN_MANAGER) -> Browser:
    browser = Browser()
    browser.force_login(make_user((campaign.client, role)))
    return browser


def test_the_page_says_how_many_go_and_that_real_ones_stay():
    campaign = make_campaign()
    make_entries(campaign)
    page = signed_in(campaign).get(page_of(campaign)).content.decode()
    assert "1 test entry with photos" in page
    assert "Real entries stay" in page


def test_it_is_offered_once_something_was_published():
    campaign = make_campaign()
    browser = signed_in(campaign)
    address = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    assert page_of(campaign) not in browser.get(address).content.decode()
    make_release(campaign, is_test=True)
    assert page_of(campaign) in browser.get(address).content.decode()


def test_nothing_goes_until_the_address_is_typed():
    campaign = make_campaign()
    make_entries(campaign)
    browser = signed_in(campaign)
    for typed in ("", "sommer"):
        page = browser.post(page_of(campaign), {"typed": typed})
        assert "isn&#x27;t it" in page.content.decode() or "isn't it" in page.content.decode()
    assert Submission.objects.count() == 2
    page = browser.post(page_of(campaign), {"typed": campaign.slug}, follow=True)
    assert "0 of 1 entry" in page.content.decode()
    run_jobs()
    assert "1 test entry was deleted" in browser.get(page.request["PATH_INFO"]).content.decode()
    assert [row.is_test for row in Submission.objects.all()] == [False]


def test_moderators_and_strangers_find_no_such_page():
    campaign = make_campaign()
    make_entries(campaign)
    for browser in (signed_in(campaign, Role.MODERATOR), signed_in(make_campaign())):
        assert browser.get(page_of(campaign)).status_code == 404
        answer = browser.post(page_of(campaign), {"typed": campaign.slug})
        assert answer.status_code == 404
    assert Submission.objects.count() == 2
