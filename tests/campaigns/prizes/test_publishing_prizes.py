"""Publishing prizes: settled once, sealed, loaded before any release names them."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from campaignhub import ingest
from campaigns.hosting.local import LocalHost
from campaigns.prizes.models import CodeBatch, CodeBlock, Prize, SealedSet, StockBatch
from campaigns.prizes.rules.sealing import SealedMoment, read_list
from campaigns.prizes.services import loading
from campaigns.prizes.services.amending import MomentsAreSealed
from campaigns.prizes.services.pool import code_at
from campaigns.prizes.services.stock import newest_set
from campaigns.publishing.services.changes import changes_since_release
from campaigns.publishing.services.checks import publish_cautions
from campaigns.publishing.services.lifecycle import move_campaign, republish
from campaigns.publishing.services.manifest import page_content
from campaigns.publishing.services.propagate import propagate
from campaigns.publishing.services.publish import CannotPublish, publish_test
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import Manifest
from ingest_lambda.contract.stock import Given, local_day
from submissions.awards.services.given import code_of_unit
from tests.campaigns.factories import NOON, make_draft, make_prize, publish
from tests.campaigns.published import placement_of

pytestmark = [pytest.mark.django_db]


def published(campaign: Campaign, **words: Any) -> Manifest:
    """Publish a campaign, signing for all that is unusual; return what the table is told."""
    meant = [caution.key for caution in publish_cautions(campaign, at=NOON)]
    release = publish(campaign, accepted=meant, **words)
    return Manifest.model_validate(release.manifest)


def add_codes(prize: Prize, count: int, *, first: int = 0) -> list[str]:
    """Give a prize codes without a job."""
    codes = [f"CODE-{prize.pk}-{number:05}" for number in range(first, first + count)]
    batch = CodeBatch.objects.create(
        prize=prize,
        number=CodeBatch.objects.filter(prize=prize).count() + 1,
        source="file",
        first=first,
        codes=count,
        is_complete=True,
        added_at=NOON,
    )
    for at in range(0, count, 50):
        CodeBlock.objects.create(batch=batch, number=at // 50, codes="\n".join(codes[at : at + 50]))
    return codes


def sealed_moments(campaign: Campaign, *, is_test: bool = False) -> list[SealedMoment]:
    """Return the moments of the newest set."""
    sealed = newest_set(campaign, is_test=is_test)
    assert sealed is not None
    return list(read_list(sealed.moments))


def test_a_release_names_its_prizes_dearest_first_with_limits_and_days(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    make_prize(campaign, key="sticker", mechanic="everyone", stock=200)
    make_prize(campaign, key="car", value=900_000, stock=3)
    plan = published(campaign).prize_plan
    assert plan is not None
    assert [prize.name for prize in plan.prizes] == ["car", "sticker"]
    assert {limit.prizes for limit in plan.limits} == {("car",), ("sticker",)}
    moments = sealed_moments(campaign)
    assert len(moments) == 3
    assert plan.moment_days == tuple(sorted({local_day(m.at, "Europe/London") for m in moments}))
    assert not placement_of(campaign).is_behind
    assert StockBatch.objects.get().is_loaded


def test_the_seal_is_the_hash_of_nonce_and_list_and_nothing_changes_it(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    make_prize(campaign, stock=5)
    published(campaign)
    sealed = SealedSet.objects.get()
    whole = bytes.fromhex(sealed.nonce) + sealed.moments.encode()
    assert hashlib.sha256(whole).hexdigest() == sealed.sha256
    assert sealed.loaded_at is not None


def test_moments_are_drawn_afresh_until_the_opening_and_kept_with_the_same_settings(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    prize = make_prize(campaign, stock=40)
    before = NOON - timedelta(days=3)
    meant = [caution.key for caution in publish_cautions(campaign, at=before)]
    publish(campaign, at=before, accepted=meant)
    first = newest_set(campaign, is_test=False)
    publish(campaign, at=before, accepted=meant)
    assert newest_set(campaign, is_test=False) == first
    prize.from_hour = 8
    prize.save()
    publish(campaign, at=before, accepted=meant)
    second = newest_set(campaign, is_test=False)
    assert second is not None
    assert first is not None
    assert second.set_id != first.set_id
    assert set(second.moments.splitlines()).isdisjoint(first.moments.splitlines())


def test_an_amendment_with_more_stock_keeps_every_moment_and_adds_some_that_lie_ahead(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    prize = make_prize(campaign, stock=10)
    published(campaign)
    before = sealed_moments(campaign)
    Prize.objects.filter(pk=prize.pk).update(stock=25)
    at = NOON + timedelta(days=7)
    published(campaign, at=at, reason="More prizes")
    after = sealed_moments(campaign)
    assert set(before) < set(after)
    added = set(after) - set(before)
    assert len(added) == 15
    assert all(one.at > at for one in added)
    assert {one.unit for one in after} == set(range(25))


def test_a_prize_by_moments_that_joins_later_has_none_behind(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    make_prize(campaign, key="sticker", mechanic="everyone", stock=5)
    published(campaign)
    make_prize(campaign, stock=40)
    at = NOON + timedelta(days=14)
    published(campaign, at=at, reason="A car too")
    moments = sealed_moments(campaign)
    assert len(moments) == 40
    assert all(one.at > at for one in moments)


def test_hours_and_weekdays_of_sealed_moments_stay_after_the_opening(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    prize = make_prize(campaign, stock=40)
    published(campaign)
    before = sealed_moments(campaign)
    for change in ({"from_hour": 8}, {"weekdays": [0]}):
        Prize.objects.filter(pk=prize.pk).update(**change)
        with pytest.raises(MomentsAreSealed, match="from 0:00 until 24:00 on Mon, Tue"):
            published(campaign, reason="Other hours")
        Prize.objects.filter(pk=prize.pk).update(from_hour=0, weekdays=list(range(7)))
    assert sealed_moments(campaign) == before


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_an_earlier_close_is_signed_for_where_moments_may_lie_behind_it(
    table: Table, host: LocalHost, days: int
) -> None:
    campaign = make_draft()
    make_prize(campaign, stock=3)
    published(campaign)
    campaign.refresh_from_db()
    assert campaign.closes_at is not None
    campaign.closes_at += timedelta(days=days)
    campaign.save()
    found = [one.code for one in publish_cautions(campaign, at=NOON)]
    assert ("moments_behind_the_close" in found) is (days < 0)


def test_an_amendment_with_less_stock_takes_away_the_latest_moments(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    prize = make_prize(campaign, stock=30)
    published(campaign)
    before = sealed_moments(campaign)
    middle = sorted(before)[20].at + timedelta(seconds=1)
    Prize.objects.filter(pk=prize.pk).update(stock=25)
    published(campaign, at=middle, reason="Fewer prizes")
    assert sealed_moments(campaign) == sorted(before)[:25]
    Prize.objects.filter(pk=prize.pk).update(stock=5)
    published(campaign, at=middle, reason="Far fewer prizes")
    assert sealed_moments(campaign) == sorted(before)[:5]


def test_more_stock_for_everyone_is_another_batch(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    prize = make_prize(campaign, key="sticker", mechanic="everyone", stock=70)
    published(campaign)
    Prize.objects.filter(pk=prize.pk).update(stock=120)
    published(campaign, reason="More stickers")
    batches = StockBatch.objects.filter(is_test=False).values_list("first", "units", "is_loaded")
    assert list(batches) == [(0, 70, True), (70, 50, True)]


def test_codes_must_be_as_many_as_the_stock_and_each_unit_has_its_own(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    prize = make_prize(campaign, key="voucher", kind="code", stock=130)
    add_codes(prize, 60)
    with pytest.raises(CannotPublish, match="60 codes for a stock of 130"):
        published(campaign)
    codes = add_codes(prize, 80, first=60)
    published(campaign)
    assert code_at(prize, 59) == f"CODE-{prize.pk}-00059"
    assert code_at(prize, 60) == codes[0]
    loaded = list(loading._moments(SealedSet.objects.get(), campaign))
    assert sorted(one.code or "" for one in loaded) == sorted(
        code_at(prize, place) for place in range(130)
    )


def test_a_test_release_has_moments_that_are_due_and_codes_without_value(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    prize = make_prize(campaign, key="voucher", kind="code", stock=500)
    add_codes(prize, 500)
    publish_test(campaign, actor=None, at=NOON)
    moments = sealed_moments(campaign, is_test=True)
    assert len(moments) == 200
    assert all(one.at <= NOON for one in moments)
    sealed = SealedSet.objects.get(is_test=True)
    assert all((one.code or "").startswith("TEST-") for one in loading._moments(sealed, campaign))
    assert not SealedSet.objects.filter(is_test=False).exists()


def test_a_test_that_is_published_again_has_units_of_its_own_and_its_winners_keep_their_codes(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    prize = make_prize(campaign, key="voucher", kind="code", stock=3)
    add_codes(prize, 3)
    publish_test(campaign, actor=None, at=NOON)
    first = {one.unit for one in sealed_moments(campaign, is_test=True)}
    prize.from_hour = 8
    prize.save()
    publish_test(campaign, actor=None, at=NOON)
    second = {one.unit for one in sealed_moments(campaign, is_test=True)}
    assert (first, second) == ({0, 1, 2}, {3, 4, 5})
    sealed = newest_set(campaign, is_test=True)
    assert sealed is not None
    loaded = {one.unit: one.code for one in loading._moments(sealed, campaign)}
    assert not placement_of(campaign, is_test=True).is_behind
    assert loaded["u4"] == code_of_unit(prize, "u4", is_test=True) == f"TEST-{prize.pk}-000004"


@pytest.mark.parametrize(
    ("change", "is_one"),
    [
        ({}, False),
        ({"stock": 31}, True),
        ({"from_hour": 9}, True),
        ({"unclaimed": "void"}, True),
        ({"won_text": {"en": "Fetch it."}}, True),
    ],
)
def test_what_publishing_again_would_change_of_prizes_is_said(
    table: Table, host: LocalHost, change: dict[str, Any], is_one: bool
) -> None:
    campaign = make_draft()
    prize = make_prize(campaign, stock=30)
    published(campaign)
    Prize.objects.filter(pk=prize.pk).update(**change)
    assert ("Prizes" in changes_since_release(campaign)) is is_one


def test_another_cap_on_prizes_is_a_change(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    make_prize(campaign, stock=30, mechanic="everyone")
    published(campaign)
    assert "Prizes" not in changes_since_release(campaign)
    campaign.prize_cap = "" if campaign.prize_cap else "one"
    assert "Prizes" in changes_since_release(campaign)


def test_a_big_batch_is_loaded_in_slices_and_nothing_is_published_before_its_end(
    table: Table, host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_draft()
    make_prize(campaign, key="sticker", mechanic="everyone", stock=1_000)
    seconds = count(0, 5)
    # Its own clock only: what waits for the database reads the machine's.
    monkeypatch.setattr(loading, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    published(campaign)
    placement = placement_of(campaign)
    assert "being loaded" in placement.trouble
    assert table.published.current(campaign.slug) is None
    for _ in range(100):
        if propagate(campaign, is_test=False, at=NOON):
            break
    assert table.published.current(campaign.slug) is not None
    assert StockBatch.objects.get().is_loaded


def test_a_batch_that_another_has_loaded_meanwhile_is_carried_as_it_is(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    make_prize(campaign, key="sticker", mechanic="everyone", stock=3)
    published(campaign)
    StockBatch.objects.update(is_loaded=False, loaded_blocks=0, opened_at=None)
    assert propagate(campaign, is_test=False, at=NOON)
    batch = StockBatch.objects.get()
    assert (batch.is_loaded, batch.opened_at is None) == (True, False)


def test_a_republish_notes_what_is_given_before_it_restores(
    table: Table, host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_draft()
    make_prize(campaign, stock=3)
    published(campaign)
    done: list[str] = []
    known = [Given(prize="car", unit="u0", submission_id=None)]
    monkeypatch.setattr(loading, "_readers", [lambda _campaign, is_test: () if is_test else known])

    def noted(name: str, act: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **more: object) -> object:
            done.append(name)
            return act(*given, **more)

        return call

    for name in ("restore_given", "restore_moments", "load_moments"):
        monkeypatch.setattr(ingest, name, noted(name, getattr(ingest, name)))
    assert republish(campaign, at=NOON)
    assert done == ["restore_given", "restore_moments"]
    assert ingest.read_given(str(campaign.pk), "car", "u0") == known[0]


def test_the_rules_say_how_prizes_are_won_in_every_language(table: Table, host: LocalHost) -> None:
    campaign = make_draft(
        languages=["en", "de"],
        headline={"en": "Win", "de": "Gewinn"},
        rules={"en": "Rules.", "de": "Regeln."},
    )
    campaign.form_fields.all().delete()
    make_prize(campaign, name={"en": "Car", "de": "Auto"}, value=900_000)
    content = page_content(campaign, release=1)
    assert "Winning moments are instants" in content.rules_of("en")
    assert "Auto; im Wert von je 9.000" in content.rules_of("de")
    assert content.rules_of("en").startswith("Rules.")


def test_moments_are_revealed_beside_the_rules_after_the_close_and_not_before(
    table: Table, host: LocalHost
) -> None:
    campaign = make_draft()
    make_prize(campaign, stock=5)
    published(campaign)
    sealed = SealedSet.objects.get()
    rules = host.read(campaign.slug, "rules/1/index.html")
    assert rules is not None
    assert sealed.sha256.encode() in rules
    assert host.read(campaign.slug, "rules/1/moments.txt") is None
    move_campaign(campaign, CampaignState.CLOSED, actor=None, at=NOON + timedelta(days=28))
    content = host.read(campaign.slug, "rules/1/moments.txt")
    assert content is not None
    head, _, moments = content.decode().partition("\n\n")
    nonce = bytes.fromhex(head.split()[-1])
    assert hashlib.sha256(nonce + moments.encode()).hexdigest() == sealed.sha256
    assert b"moments.txt" in (host.read(campaign.slug, "rules/1/index.html") or b"")


def test_a_sealed_set_can_neither_be_changed_nor_removed(table: Table, host: LocalHost) -> None:
    campaign = make_draft()
    make_prize(campaign)
    published(campaign)
    sealed = SealedSet.objects.filter(is_test=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        sealed.update(moments="")
    with pytest.raises(DatabaseError), transaction.atomic():
        sealed.delete()
