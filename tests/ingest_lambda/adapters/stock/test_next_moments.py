"""How many moments a process reads: few as long as few are due, however far behind the writer is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from threading import Condition
from typing import Any

import pytest

from ingest_lambda.adapters.stock import MomentPlan, NextMoments
from ingest_lambda.adapters.stock.moments import MomentItems, MomentPage
from ingest_lambda.adapters.stock.units import MomentUnit
from ingest_lambda.contract import Moment
from ingest_lambda.errors import TryAgain
from tests.ingest_lambda.functions.prizes.prizes import DAY, SET, load_vouchers
from tests.ingest_lambda.writing import NOON, Desk

pytestmark = pytest.mark.usefixtures("account")
MANY = 40
PLAN = MomentPlan("c1", SET, (DAY,), "Europe/London", frozenset({"voucher"}))
NEXT_DAY = (NOON + timedelta(days=1)).date().isoformat()
LATE = NOON + timedelta(minutes=5)


class Impatient(Condition):
    """Does not wait."""

    def wait(self, timeout: float | None = None) -> bool:
        return False


class Watched(MomentItems):
    """Moments that note how many of a day were asked for."""

    asked: list[int]
    after_a_page: Callable[[], None]
    """What other threads do when the first page of the day has been read."""

    def page(self, *place: Any, most: int, **named: Any) -> MomentPage:
        page = super().page(*place, most=most, **named)
        if place[-1] == DAY:
            self.asked.append(most)
            self.after_a_page()
        return page

    def take(self, moment: MomentUnit) -> None:
        """Take a moment out of the table, as its award does."""
        self._store.call("delete_item", TableName=self._store.name, Key=moment.key)


@pytest.fixture
def items() -> Watched:
    """Moments a second apart from noon on."""
    desk = Desk()
    seconds = [NOON + timedelta(seconds=n) for n in range(MANY)]
    load_vouchers(
        desk, [Moment(prize="voucher", unit=str(n), at=at) for n, at in enumerate(seconds)]
    )
    items = Watched(desk.stock.store)
    items.asked, items.after_a_page = [], lambda: None
    return items


def next_moments(items: MomentItems, *, tick: float = 0.001) -> NextMoments:
    """Keep moments as a process does that is minutes behind."""
    ticks = count()
    return NextMoments(
        items, clock=lambda: next(ticks) * tick, now=lambda: LATE, condition=Impatient
    )


def reserve_first(items: MomentItems, many: int) -> None:
    """Let another process be at the first moments of the day."""
    page = items.page("c1", SET, DAY, most=many)
    for moment in page.moments:
        assert items.reserve(moment, by="another", now=LATE)


def find_others_at_all(moments: NextMoments, plan: MomentPlan) -> None:
    """Do as a thread does that finds other processes at every moment of its list: let more be read."""
    moments._kept(plan).enough *= 2


def pick(moments: NextMoments, entered_at: datetime) -> str:
    """Return the unit that an entry of that time would get."""
    found = moments.pick(PLAN, entered_at, {"voucher"})
    assert found is not None
    moments.settle(PLAN, found, is_taken=False, is_lost=False, is_met=False)
    return found.unit


def test_where_few_are_due_to_an_entry_few_are_read_though_all_are_over_by_now(items):
    moments = next_moments(items)
    assert pick(moments, NOON) == "0"
    reserve_first(items, 1)
    with pytest.raises(TryAgain):
        moments.pick(PLAN, NOON, {"voucher"})
    assert max(items.asked) == 16


def test_where_others_are_at_all_that_were_read_more_are_read_until_few_are_due(items):
    moments = next_moments(items)
    pick(moments, LATE)
    reserve_first(items, 16)
    items.asked.clear()
    assert int(pick(moments, LATE)) >= 16
    assert items.asked[-1] == 32
    moments.forget()
    with pytest.raises(TryAgain):
        moments.pick(PLAN, NOON + timedelta(seconds=2), {"voucher"})
    assert items.asked[-1] == 16


def test_a_day_is_read_on_where_more_moments_are_wanted_while_it_is_read(items):
    two_days = replace(PLAN, days=(DAY, NEXT_DAY))
    # All that were read are taken before the list is read again.
    moments = next_moments(items, tick=0.00001)
    others = iter([lambda: find_others_at_all(moments, two_days)])
    items.after_a_page = lambda: next(others, lambda: None)()
    units: set[str] = set()
    for _ in range(MANY):
        found = moments.pick(two_days, LATE, {"voucher"})
        assert found is not None, f"of {MANY} that are due only {len(units)} are found"
        items.take(found)
        moments.settle(two_days, found, is_taken=True, is_lost=False, is_met=False)
        units.add(found.unit)
    assert len(units) == MANY
    assert moments.pick(two_days, LATE, {"voucher"}) is None
