"""Lowering the stock of a published prize: down to what is won, and what went stays gone."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone

from campaignhub import ingest
from campaigns.accounts.models import AuditEntry
from campaigns.hosting.local import LocalHost
from campaigns.prizes.models import CodeBatch, Prize, StockWithdrawal
from campaigns.prizes.rules.sealing import read_list
from campaigns.prizes.services import loading, withdrawing
from campaigns.prizes.services.codes import CodesArePromised, discard_codes
from campaigns.prizes.services.facts import facts_of
from campaigns.prizes.services.loading import forget_loaded, load_stock
from campaigns.prizes.services.stock import newest_set
from campaigns.prizes.services.withdrawing import StockTooLow
from campaigns.publishing.services.changes import changes_since_release
from campaigns.publishing.services.propagate import propagate, propagate_due
from campaigns.setup.models import Campaign
from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import AwardState, Given
from submissions.awards.services.results import results_of
from submissions.awards.services.stock import count_stock
from submissions.mirror.models import Award
from tests.campaigns.factories import NOON, make_draft, make_prize
from tests.campaigns.prizes.test_publishing_prizes import add_codes, published, sealed_moments
from tests.campaigns.published import placement_of

pytestmark = [pytest.mark.django_db]


def live(**prize: Any) -> tuple[Campaign, Prize]:
    """Publish a campaign with one prize."""
    campaign = make_draft()
    made = make_prize(campaign, **{"key": "sticker", "mechanic": "everyone", **prize})
    if made.kind == "code":
        add_codes(made, made.stock)
    published(campaign)
    return campaign, made


def lower(campaign: Campaign, prize: Prize, stock: int, **more: Any) -> None:
    """Publish a lower stock, and let the clock carry it."""
    Prize.objects.filter(pk=prize.pk).update(stock=stock)
    published(campaign, reason="Fewer", **more)
    propagate_due(NOON)


def win(prize: Prize, unit: str, state: AwardState = AwardState.CONFIRMED) -> None:
    """Let the mirror know of a winner."""
    Award.objects.create(
        submission_id=uuid4(),
        campaign=prize.campaign,
        prize=prize.key,
        unit=unit,
        state=state,
        awarded_at=timezone.now(),
        version=1,
    )


def units_in_stock(campaign: Campaign, prize: Prize, batch: str = "b1") -> int:
    """Count the units that writers may still give out of a batch."""
    read = ingest.clients.stock_table().blocks.read(str(campaign.pk), prize.key, batch, range(1000))
    return sum(block.size - block.next for block in read.values())


@pytest.mark.parametrize("kind", ["thing", "code"])
def test_fewer_of_a_prize_for_everyone_are_taken_out_before_the_release_is_live(
    table: Table, host: LocalHost, kind: str
) -> None:
    campaign, prize = live(stock=70, kind=kind)
    Prize.objects.filter(pk=prize.pk).update(stock=20)
    published(campaign, reason="Fewer")
    placement = placement_of(campaign)
    assert placement.is_behind
    assert "taken out of the stock" in placement.trouble
    propagate_due(NOON)
    assert not placement_of(campaign).is_behind
    assert units_in_stock(campaign, prize) == 20
    one = StockWithdrawal.objects.get()
    assert (one.units, one.taken, one.ended_at is None) == (50, 50, False)
    line = AuditEntry.objects.get(code="prize.stock_lowered")
    assert line.after == {"prize": "sticker", "taken out": 50}
    prize.refresh_from_db()
    assert prize.stock == 20
    assert "Prizes" not in changes_since_release(campaign)


@pytest.mark.parametrize("mechanic", ["everyone", "moment"])
def test_stock_goes_down_to_what_is_won_and_the_sentence_names_the_number(
    table: Table, host: LocalHost, mechanic: str
) -> None:
    campaign, prize = live(stock=30, mechanic=mechanic)
    names = ["u3", "u4"] if mechanic == "moment" else ["b1.0.0", "b1.1.0"]
    for name in names:
        ingest.restore_given(
            str(campaign.pk), [Given(prize=prize.key, unit=name, submission_id=uuid4())]
        )
        win(prize, name)
    win(prize, "u9", AwardState.RELEASED)
    with pytest.raises(StockTooLow, match="lowered to 2 and no further"):
        lower(campaign, prize, 1, at=NOON + timedelta(days=9))
    assert not StockWithdrawal.objects.exists()
    lower(campaign, prize, 2, at=NOON + timedelta(days=9))
    assert StockWithdrawal.objects.get().taken == 28
    assert not placement_of(campaign).is_behind


def test_moments_that_are_due_and_nobody_has_won_can_be_taken_back(
    table: Table, host: LocalHost
) -> None:
    campaign, prize = live(stock=10, mechanic="moment")
    at = NOON + timedelta(days=20)
    lower(campaign, prize, 4, at=at)
    assert len(sealed_moments(campaign)) == 4
    gone = StockWithdrawal.objects.get().names
    assert len(gone) == 6
    for name in gone:
        given = ingest.read_given(str(campaign.pk), prize.key, name)
        assert given is not None
        assert given.submission_id is None


def test_a_moment_that_is_won_before_it_is_withdrawn_stays_won_and_counts(
    table: Table, host: LocalHost
) -> None:
    campaign, prize = live(stock=10, mechanic="moment")
    at = NOON + timedelta(days=3)
    Prize.objects.filter(pk=prize.pk).update(stock=6)
    published(campaign, reason="Fewer", at=at)
    stale = StockWithdrawal.objects.get()
    first = stale.planned[0]
    won = Given(prize=prize.key, unit=first, submission_id=uuid4())
    ingest.restore_given(str(campaign.pk), [won])
    win(prize, first)
    propagate_due(at)
    prize.refresh_from_db()
    assert prize.stock == 7
    assert StockWithdrawal.objects.get().units == 3
    assert ingest.read_given(str(campaign.pk), prize.key, first) == won
    line = AuditEntry.objects.get(code="prize.stock_lowered")
    assert line.after == {"prize": prize.key, "taken out": 3, "won in the meantime": 1}
    stale.taken = 3
    withdrawing._end(stale, at)
    assert Prize.objects.get(pk=prize.pk).stock == 7, (
        "a clock that comes late ends it no second time"
    )
    # The same settings again draw nothing new: of 7, six have a moment and one is won.
    before = newest_set(campaign, is_test=False)
    published(campaign, reason="The same", at=at)
    assert newest_set(campaign, is_test=False) == before
    Prize.objects.filter(pk=prize.pk).update(stock=9)
    published(campaign, reason="More", at=at)
    moments = sealed_moments(campaign)
    assert len(moments) == 8
    fresh = {one.unit for one in moments} - {
        one.unit for one in read_list(before.moments if before else "")
    }
    assert fresh == {10, 11}, "no unit that was ever in stock is named again"


def test_a_republish_after_the_table_was_lost_brings_back_nothing_that_was_taken_out(
    table: Table, host: LocalHost
) -> None:
    campaign, prize = live(stock=70, kind="code")
    lower(campaign, prize, 33)
    stock = ingest.clients.stock_table()
    for page in stock.store.pages("scan", ConsistentRead=True):
        for item in page:
            key = {name: item[name] for name in ("pk", "sk")}
            stock.store.call("delete_item", TableName=stock.store.name, Key=key)
    forget_loaded(campaign, is_test=False)
    load_stock(campaign, is_test=False)
    assert units_in_stock(campaign, prize) == 33


def test_an_interrupted_withdrawal_goes_on_where_it_stopped(
    table: Table, host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, prize = live(stock=70)
    monkeypatch.setattr(withdrawing, "BLOCKS_AT_ONCE", 7)
    monkeypatch.setattr(loading, "SLICE_SECONDS", -1)
    Prize.objects.filter(pk=prize.pk).update(stock=10)
    published(campaign, reason="Fewer")
    assert not propagate(campaign, is_test=False, at=NOON, withdraws=True)
    assert "0 of 60" in placement_of(campaign).trouble
    monkeypatch.setattr(loading, "SLICE_SECONDS", 60)

    class Killed(BaseException):
        """Stands for the end of the process."""

    kept = StockWithdrawal.save
    saved: list[int] = []

    def save(row: StockWithdrawal, **more: Any) -> None:
        saved.append(row.taken)
        if len(saved) == 3:
            raise Killed
        kept(row, **more)

    monkeypatch.setattr(StockWithdrawal, "save", save)
    with pytest.raises(Killed):
        propagate(campaign, is_test=False, at=NOON, withdraws=True)
    assert StockWithdrawal.objects.get().taken == 14
    assert propagate(campaign, is_test=False, at=NOON, withdraws=True)
    assert StockWithdrawal.objects.get().taken == 60
    assert units_in_stock(campaign, prize) == 10


def test_units_that_came_back_are_taken_out_last(table: Table, host: LocalHost) -> None:
    campaign, prize = live(stock=3)
    stock = ingest.clients.stock_table()
    # All three were claimed, and one came back.
    stock.withdrawals.from_blocks(
        str(campaign.pk), prize.key, "b1", [0, 1, 2], most=3, withdrawal="claims"
    )
    stock.store.put(
        {
            "pk": {"S": f"UNIT#{campaign.pk}#{prize.key}#RETURNED"},
            "sk": {"S": "b1.1.0"},
            "unit": {"S": "b1.1.0"},
        }
    )
    lower(campaign, prize, 2)
    one = StockWithdrawal.objects.get()
    assert (one.names, one.taken) == (["b1.1.0"], 1)
    assert not ingest.returned_units(str(campaign.pk), prize.key, most=9)


def test_codes_of_units_that_went_are_used_up_and_stay(table: Table, host: LocalHost) -> None:
    campaign, prize = live(stock=60, kind="code")
    lower(campaign, prize, 20)
    batch = CodeBatch.objects.get()
    with pytest.raises(CodesArePromised):
        discard_codes(batch, actor=None, at=NOON)  # type: ignore[arg-type]
    assert facts_of(Prize.objects.get(pk=prize.pk)).codes == 20
    add_codes(prize, 10, first=60)
    Prize.objects.filter(pk=prize.pk).update(stock=30)
    published(campaign, reason="More")
    assert not placement_of(campaign).is_behind
    read = ingest.clients.stock_table().blocks.read(str(campaign.pk), prize.key, "b2", range(20))
    codes = [code for block in read.values() for code in block.codes]
    assert sorted(codes) == [f"CODE-{prize.pk}-{number:05}" for number in range(60, 70)]


def test_codes_of_moments_that_were_sealed_stay_where_the_stock_is_lowered(
    table: Table, host: LocalHost
) -> None:
    campaign, prize = live(stock=60, kind="code", mechanic="moment")
    lower(campaign, prize, 5, at=NOON + timedelta(days=1))
    with pytest.raises(CodesArePromised):
        discard_codes(CodeBatch.objects.get(), actor=None, at=NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize("mechanic", ["everyone", "moment"])
@pytest.mark.parametrize("drafted", [5, 500])
def test_what_is_left_is_counted_by_the_published_stock_until_the_next_publish(
    table: Table, host: LocalHost, mechanic: str, drafted: int
) -> None:
    campaign, prize = live(stock=30, mechanic=mechanic)
    Prize.objects.filter(pk=prize.pk).update(stock=drafted)

    def told() -> list[tuple[int, int]]:
        (counted,) = count_stock([campaign], now=NOON)[campaign.pk]
        (result,) = results_of(campaign, now=NOON).prizes
        cache.clear()
        return [(counted.left, counted.of), (result.left, result.stock)]

    assert told() == [(30, 30), (30, 30)]
    at = NOON + timedelta(days=9)
    published(campaign, reason="Another stock", at=at)
    propagate_due(NOON)
    assert told() == [(drafted, drafted), (drafted, drafted)]
