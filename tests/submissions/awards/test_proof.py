"""The proof that each award has its unit."""

from typing import Any

import pytest

from campaignhub import ingest
from ingest_lambda.contract import AwardState, Given
from submissions.awards.services.given import given_units
from submissions.awards.services.proof import awards_without_unit
from tests.campaigns.conftest import table as table
from tests.submissions.awards.prizes import award, enter, make_prize_campaign

pytestmark = pytest.mark.django_db


def test_an_award_whose_unit_is_anothers_or_nobodys_is_named(table):
    campaign = make_prize_campaign()
    first, second, third = (enter(campaign) for _ in range(3))
    for number, entry in enumerate((first, second, third)):
        award(campaign, entry, unit=f"b1.0.{number}")
    both = [
        Given(prize="voucher", unit=f"b1.0.{number}", submission_id=first.id) for number in (0, 1)
    ]
    ingest.restore_given(str(campaign.pk), both)
    assert {one.submission_id for one in awards_without_unit()} == {second.id, third.id}


def test_a_hundred_awards_are_one_read_of_the_stock(table, monkeypatch):
    campaign = make_prize_campaign()
    entries = [enter(campaign) for _ in range(6)]
    for number, entry in enumerate(entries):
        award(campaign, entry, unit=f"b1.0.{number}")
    # One unit that two awards name: the stock refuses a call with one key twice.
    stray = enter(campaign)
    award(campaign, stray, unit="b1.0.0")
    both = [
        Given(prize="voucher", unit=f"b1.0.{number}", submission_id=entry.id)
        for number, entry in enumerate(entries)
    ]
    ingest.restore_given(str(campaign.pk), both)
    calls: list[str] = []
    store = ingest.clients.stock_table().store
    kept = store.call

    def call(operation: str, **more: Any) -> dict[str, Any]:
        calls.append(operation)
        return kept(operation, **more)

    monkeypatch.setattr(store, "call", call)
    assert [one.submission_id for one in awards_without_unit()] == [stray.id]
    assert calls == ["batch_get_item"]


@pytest.mark.dialects
def test_a_republish_knows_what_is_given_and_not_what_went_back():
    campaign = make_prize_campaign()
    first, second, third = (enter(campaign) for _ in range(3))
    award(campaign, first, unit="b1.0.0")
    award(campaign, second, unit="b1.0.1", state=AwardState.RELEASED)
    award(campaign, third, unit="b1.0.2", state=AwardState.REVOKED)
    award(campaign, third, "sticker", unit="b1.0.0", state=AwardState.REVOKED)
    known = {(one.prize, one.unit, one.submission_id) for one in given_units(campaign, False)}
    assert known == {("voucher", "b1.0.0", first.id), ("voucher", "b1.0.2", third.id)}


def test_an_award_of_no_unit_keeps_no_campaign_from_going_live(
    caplog: pytest.LogCaptureFixture,
):
    campaign = make_prize_campaign()
    first, second = (enter(campaign) for _ in range(2))
    award(campaign, first, unit="<b>of nobody</b>")
    award(campaign, second, unit="b1.0.1")
    assert [one.submission_id for one in given_units(campaign, False)] == [second.id]
    assert "its unit is none" in caplog.text
