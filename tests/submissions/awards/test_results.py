"""A campaign's results: counted by day and by prize, without tests, and shown to its own staff alone."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import Membership
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from ingest_lambda.contract import AwardState, Mode, SubmissionStatus
from submissions.awards.services.results import results_of
from submissions.awards.services.stock import stock_of
from tests.campaigns.factories import make_user
from tests.submissions.awards.prizes import award, enter, make_prize_campaign
from tests.submissions.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]
OPENS = NOON - timedelta(days=2)


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    cache.clear()


def _campaign():
    return make_prize_campaign(
        opens_at=OPENS, closes_at=NOON + timedelta(days=28), timezone="Europe/London"
    )


def test_entries_and_awards_are_counted_by_day_and_tests_not_at_all():
    campaign = _campaign()
    status = SubmissionStatus.APPROVED
    first = enter(campaign, id=uuid4(), status=status, entered_at=NOON - timedelta(days=1))
    second = enter(campaign, id=uuid4(), status=status, locale="de")
    third = enter(campaign, id=uuid4(), source="poster")
    enter(
        campaign,
        id=uuid4(),
        mode=Mode.TEST,
        campaign_id=str(campaign.test_id),
        slug=campaign.test_slug,
    )
    award(campaign, first, awarded_at=NOON - timedelta(days=1))
    award(campaign, second, unit="b1.0.1")
    award(campaign, third, state=AwardState.PROVISIONAL, unit="b1.0.2")
    award(campaign, first, "sticker", state=AwardState.REVOKED)
    found = results_of(campaign, now=NOON)
    assert found.days == [date(2026, 6, day) for day in (1, 2, 3)]
    assert found.received == [0, 1, 2]
    assert found.valid == [0, 1, 1]
    assert found.sources == [("poster", 1)]
    assert dict(found.languages) == {"en": 2, "de": 1}
    voucher, sticker = found.prizes
    assert voucher.days == [0, 1, 2]
    assert (voucher.given, voucher.reserved, voucher.left) == (2, 1, 47)
    assert voucher.cost == found.cost == 2_000
    assert (sticker.left, sticker.cost) == (200, None)


def test_a_code_that_was_revoked_stays_given_and_a_thing_returns():
    campaign = _campaign()
    entry = enter(campaign)
    for prize in ("voucher", "sticker"):
        award(campaign, entry, prize, state=AwardState.REVOKED)
    assert [one.left for one in stock_of([campaign], now=NOON)[campaign.pk]] == [49, 200]


@pytest.mark.parametrize("role", Role)
def test_staff_of_the_client_see_the_results_and_a_stranger_gets_404(role):
    campaign, browser = _campaign(), Browser()
    entry = enter(campaign, status=SubmissionStatus.APPROVED)
    award(campaign, entry, moment=None)
    user = make_user()
    browser.force_login(user)
    address = reverse("admin:campaign_results", args=[campaign.pk])
    assert browser.get(address).status_code == 404
    Membership.objects.create(user=user, client=campaign.client, role=role.value)
    page = browser.get(address)
    assert page.status_code == 200
    assert "left of 50" in page.content.decode()


def test_a_campaign_without_entries_says_what_will_appear():
    campaign = make_prize_campaign()
    campaign.prize_rows.all().delete()
    user = make_user()
    Membership.objects.create(user=user, client=campaign.client, role=Role.OWNER.value)
    browser = Browser()
    browser.force_login(user)
    page = browser.get(reverse("admin:campaign_results", args=[campaign.pk]))
    assert "No entries yet" in page.content.decode()


def _browser_of(role, campaign):
    user, browser = make_user(), Browser()
    Membership.objects.create(user=user, client=campaign.client, role=role.value)
    browser.force_login(user)
    return browser


def test_a_prize_that_runs_low_is_told_on_home_and_results_to_who_can_raise_it():
    now = timezone.now()
    campaign = make_prize_campaign(
        state="live", opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=28)
    )
    campaign.prize_rows.filter(key="voucher").update(stock=1)
    award(campaign, enter(campaign), awarded_at=now)
    pages = (reverse("admin:index"), reverse("admin:campaign_results", args=[campaign.pk]))
    for role, is_told in ((Role.CAMPAIGN_MANAGER, True), (Role.MODERATOR, False)):
        browser = _browser_of(role, campaign)
        told = ["if more are to be won" in browser.get(page).content.decode() for page in pages]
        assert told == [is_told, is_told], role


def test_what_is_left_at_the_close_has_a_reason():
    campaign = _campaign()
    voucher = {"mechanic": "moment", "unclaimed": "window", "window_minutes": 5}
    campaign.prize_rows.filter(key="voucher").update(**voucher)
    award(campaign, enter(campaign))
    address = reverse("admin:campaign_results", args=[campaign.pk])
    assert "at the close" not in _browser_of(Role.OWNER, campaign).get(address).content.decode()
    Campaign.objects.filter(pk=campaign.pk).update(state="closed")
    page = _browser_of(Role.MODERATOR, campaign).get(address).content.decode()
    assert "Expired: nobody entered while they were open</th><td>49</td>" in page
    assert "Not reached: not enough entries</th><td>200</td>" in page
