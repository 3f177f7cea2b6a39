"""Who can raise the stock of a prize that runs low is told by mail: once at each threshold."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Role
from campaigns.prizes.models import Prize
from campaigns.setup.models import Campaign
from submissions.awards.models import LowStockMail
from submissions.awards.services.low_stock import mail_low_stock, note_low_stock
from submissions.awards.tasks import notify_low_stock
from submissions.mirror.models import Award
from tests.campaigns.factories import make_user
from tests.submissions.awards.prizes import award, enter, make_prize_campaign
from tests.submissions.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


def campaign_of(**more: Any) -> Campaign:
    campaign = make_prize_campaign(
        state="live",
        opens_at=NOON - timedelta(days=20),
        closes_at=NOON + timedelta(days=40),
        **more,
    )
    campaign.prize_rows.filter(key="sticker").delete()
    return campaign


def colleague(campaign: Campaign, role: Role, email: str) -> User:
    user = make_user((campaign.client, role))
    user.email, user.first_name = email, "Olivia"
    user.save()
    return user


def won(campaign: Campaign, count: int, **more: Any) -> None:
    first = Award.objects.count()
    for number in range(first, first + count):
        award(campaign, enter(campaign), unit=f"b1.{number}.0", **more)


def told(*, at: Any = NOON) -> list[tuple[str, str]]:
    """Let a round of the clock pass; return to whom something was said, and what."""
    before = len(mail.outbox)
    note_low_stock(at=at)
    mail_low_stock(at=at)
    return [(one.to[0], str(one.body)) for one in mail.outbox[before:]]


@pytest.mark.parametrize("mechanic", ["everyone", "moment"])
def test_at_a_tenth_those_who_can_raise_it_are_told_once(mechanic):
    campaign = campaign_of()
    campaign.prize_rows.update(mechanic=mechanic, stock=10)
    colleague(campaign, Role.CAMPAIGN_MANAGER, "manager@hub.example")
    colleague(campaign, Role.OWNER, "owner@hub.example")
    colleague(campaign, Role.MODERATOR, "moderator@hub.example")
    colleague(campaign_of(), Role.OWNER, "stranger@hub.example")
    won(campaign, 8, awarded_at=NOON - timedelta(days=19))
    assert told() == []
    won(campaign, 1, awarded_at=NOON - timedelta(days=19))
    found = told()
    assert {to for to, _ in found} == {"manager@hub.example", "owner@hub.example"}
    assert all("Voucher: 1 of 10 left." in body for _, body in found)
    assert f"/admin/campaigns/campaign/{campaign.pk}/change/#prizes" in found[0][1]
    won(campaign, 1, awarded_at=NOON)
    assert told() == []


def test_a_forecast_of_empty_is_told_and_then_the_tenth_too():
    campaign = campaign_of()
    colleague(campaign, Role.OWNER, "owner@hub.example")
    won(campaign, 14, awarded_at=NOON - timedelta(days=2))
    ((_, body),) = told()
    assert "36 of 50 left. At the pace of the last days it runs out before the close." in body
    assert told() == []
    Prize.objects.update(stock=15)
    ((_, body),) = told()
    assert "1 of 15 left." in body
    assert "pace" not in body


def test_a_stock_that_was_raised_and_runs_low_again_is_told_of_again():
    campaign = campaign_of()
    campaign.prize_rows.update(stock=1)
    colleague(campaign, Role.OWNER, "owner@hub.example")
    won(campaign, 1, awarded_at=NOON - timedelta(days=19))
    assert len(told()) == 1
    Prize.objects.update(stock=20)
    assert told() == []
    won(campaign, 18, awarded_at=NOON - timedelta(days=19))
    assert len(told()) == 1


@pytest.mark.parametrize("state", ["scheduled", "closed", "archived"])
def test_nothing_is_told_of_a_campaign_that_does_not_run(state):
    campaign = campaign_of()
    Campaign.objects.update(state=state)
    campaign.prize_rows.update(stock=1)
    colleague(campaign, Role.OWNER, "owner@hub.example")
    won(campaign, 1)
    assert told() == []


def test_who_has_left_meanwhile_gets_none():
    campaign = campaign_of()
    campaign.prize_rows.update(stock=1)
    person = colleague(campaign, Role.OWNER, "owner@hub.example")
    won(campaign, 1)
    note_low_stock(at=NOON)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert mail_low_stock(at=NOON) == 0
    assert LowStockMail.objects.get().is_done


@override_settings(EMAIL_BACKEND="tests.campaigns.jobs.test_ended_mails.NoMail")
def test_while_the_mail_service_is_away_it_is_tried_again_for_an_hour():
    campaign = campaign_of()
    campaign.prize_rows.update(stock=1)
    colleague(campaign, Role.OWNER, "owner@hub.example")
    won(campaign, 1)
    note_low_stock(at=NOON)
    assert mail_low_stock(at=NOON) == 0
    assert not LowStockMail.objects.get().is_done
    assert mail_low_stock(at=NOON + timedelta(hours=2)) == 0
    assert LowStockMail.objects.get().is_done


def test_the_clock_s_task_does_both():
    campaign = campaign_of()
    campaign.prize_rows.update(stock=1)
    colleague(campaign, Role.OWNER, "owner@hub.example")
    won(campaign, 1)
    for _ in range(2):
        notify_low_stock()
    assert len(mail.outbox) == 1
