"""The next winning moments, kept by a process and shared by its threads."""

import random
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Condition, Lock

from ingest_lambda.adapters.stock.keys import RETURNED
from ingest_lambda.adapters.stock.moments import MomentItems
from ingest_lambda.adapters.stock.units import MomentUnit
from ingest_lambda.contract import local_day
from ingest_lambda.errors import TryAgain

KEPT = 64
REFRESH_SECONDS = 1.0
"""How old a list may be that shows no due moment."""
FRESH_SECONDS = 0.1
"""How old a list may be from which a due moment is tried."""
SPREAD = 4
"""After k losses, one of the first 4 to the power of k due moments is tried."""
_MOST_SPREAD = 3.0
_CALMS = 0.1
_WAIT_SECONDS = 0.02
_MOST_WAITS = 100
LATEST = timedelta(hours=24)
"""How much later than its entry a submission is usually written. Of moments that ended before that, the
list shows none; for a later submission the table is read."""

Key = tuple[str, str]


@dataclass(frozen=True)
class MomentPlan:
    """Where the moments of a release lie, and of which prizes they are offered together."""

    campaign_id: str
    moment_set: str
    days: tuple[str, ...]
    timezone: str
    prizes: frozenset[str]


@dataclass
class _Kept:
    """The list of one plan. ``changed`` guards all but ``reading``, which a reader holds."""

    changed: Condition = field(default_factory=Condition)
    reading: Lock = field(default_factory=Lock)
    moments: list[MomentUnit] = field(default_factory=list)
    read_at: float = float("-inf")
    unread_day: str | None = ""
    """The first day that the list says nothing of; ``None`` if it has all."""
    whole_until: datetime | None = None
    """If there are more moments than the list took: up to where it has all."""
    done_days: set[str] = field(default_factory=set)
    """Days without a moment that is not over; none is ever added to a day."""
    trying: set[Key] = field(default_factory=set)
    spread: float = 0.0
    """How far tries are spread: rises with each loss of this process, and falls with each moment it takes."""
    gone: dict[Key, float] = field(default_factory=dict)
    """What this process took or lost, and when: a read that began before may still show it."""


class NextMoments:
    """Finds a due moment for a submission without a read of its own, mostly."""

    def __init__(
        self,
        items: MomentItems,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        rng: random.Random | None = None,
    ) -> None:
        self._items = items
        self._clock = clock
        self._now = now
        self._rng = rng or random.SystemRandom()
        self._lists: dict[MomentPlan, _Kept] = {}
        self._lock = Lock()

    def pick(
        self,
        plan: MomentPlan,
        entered_at: datetime,
        wanted: Collection[str],
        *,
        losses: int = 0,
        read_since: float = float("-inf"),
    ) -> MomentUnit | None:
        """Return a due moment to try, of the prizes ``wanted``, or ``None`` if there is none.

        ``None`` is said from a consistent read that began at ``read_since`` or later,
        on this object's clock: the time of the caller's last lost try. The moment is
        the caller's to try until :meth:`settle`.

        Raises:
            TryAgain: sibling threads are at every one that is due, for too long.
        """
        kept = self._kept(plan)
        oldest, is_reread = read_since, False
        is_late = entered_at < self._now() - LATEST
        for _ in range(_MOST_WAITS):
            self._read_if_before(kept, plan, max(oldest, self._clock() - REFRESH_SECONDS))
            with kept.changed:
                due = [m for m in kept.moments if m.prize in wanted and m.is_due(entered_at)]
                if due and kept.read_at < self._clock() - FRESH_SECONDS:
                    oldest = self._clock() - FRESH_SECONDS
                    continue
                if due:
                    free = [m for m in due if _key(m) not in kept.trying]
                    if free:
                        spread = max(losses, int(kept.spread))
                        return self._try(kept, self._rng.choice(free[: SPREAD**spread]))
                    kept.changed.wait(_WAIT_SECONDS)
                    continue
                if not is_late and self._shows(kept, plan, entered_at):
                    return None
                if not is_late and not is_reread:
                    # The list may be used up, with more behind it.
                    oldest, is_reread = self._clock(), True
                    continue
            found = self._first_due(plan, entered_at, wanted, kept)
            if found is None:
                return None
            with kept.changed:
                return self._try(kept, found)
        raise TryAgain("moments_tried")

    def settle(
        self, plan: MomentPlan, moment: MomentUnit, *, is_taken: bool, is_lost: bool, is_met: bool
    ) -> None:
        """End a try: this process took the moment, lost it to another writer, met one at it, or none of these."""
        kept = self._kept(plan)
        with kept.changed:
            kept.trying.discard(_key(moment))
            if is_taken:
                kept.spread = max(0.0, kept.spread - _CALMS)
            elif is_lost or is_met:
                kept.spread = min(_MOST_SPREAD, kept.spread + 1.0)
            if is_taken or is_lost:
                kept.gone[_key(moment)] = self._clock()
                kept.moments = [m for m in kept.moments if _key(m) != _key(moment)]
            kept.changed.notify_all()

    def forget(self) -> None:
        """Read every list again before it says anything: a unit came back."""
        with self._lock:
            for kept in self._lists.values():
                kept.read_at = float("-inf")

    def _kept(self, plan: MomentPlan) -> _Kept:
        with self._lock:
            if plan not in self._lists and len(self._lists) >= 200:
                self._lists.clear()
            return self._lists.setdefault(plan, _Kept())

    @staticmethod
    def _try(kept: _Kept, moment: MomentUnit) -> MomentUnit:
        kept.trying.add(_key(moment))
        return moment

    @staticmethod
    def _shows(kept: _Kept, plan: MomentPlan, entered_at: datetime) -> bool:
        """Tell whether the list has all moments that can be due to such a submission."""
        if kept.whole_until is not None:
            return entered_at < kept.whole_until
        return kept.unread_day is None or local_day(entered_at, plan.timezone) < kept.unread_day

    def _read_if_before(self, kept: _Kept, plan: MomentPlan, oldest: float) -> None:
        if kept.read_at >= oldest:
            return
        with kept.reading:
            if kept.read_at >= oldest:
                return
            began = self._clock()
            moments, unread_day, whole_until = self._read(kept, plan)
            with kept.changed:
                kept.gone = {key: at for key, at in kept.gone.items() if at >= began}
                kept.moments = [m for m in moments if _key(m) not in kept.gone]
                kept.unread_day, kept.whole_until = unread_day, whole_until
                kept.read_at = began
                kept.changed.notify_all()

    def _read(
        self, kept: _Kept, plan: MomentPlan
    ) -> tuple[list[MomentUnit], str | None, datetime | None]:
        over = self._now() - LATEST

        def matters(moment: MomentUnit) -> bool:
            return moment.prize in plan.prizes and (moment.until is None or moment.until > over)

        page = self._items.page(plan.campaign_id, plan.moment_set, RETURNED, most=KEPT)
        found = [moment for moment in page.moments if matters(moment)]
        whole_until = page.moments[-1].at if page.behind else None
        # Tomorrow too, as the clocks of gateway and writer may differ around midnight.
        last = local_day(self._now() + timedelta(hours=1), plan.timezone)
        in_days: list[MomentUnit] = []
        unread: str | None = None
        for day in plan.days:
            if day in kept.done_days:
                continue
            if day > last:
                unread = day
                break
            of_day = list(self._of_day(plan, day, enough=KEPT - len(in_days), matters=matters))
            in_days += of_day
            if len(in_days) >= KEPT:
                ends = in_days[-1].at
                whole_until = min(whole_until, ends) if whole_until else ends
                break
            if not of_day:
                kept.done_days.add(day)
        in_order = sorted([*found, *in_days], key=lambda moment: moment.sk)
        return in_order, unread, whole_until

    def _of_day(
        self,
        plan: MomentPlan,
        day: str,
        *,
        enough: int | None,
        matters: Callable[[MomentUnit], bool],
    ) -> Iterator[MomentUnit]:
        behind, count = "", 0
        while True:
            page = self._items.page(
                plan.campaign_id, plan.moment_set, day, behind=behind, most=KEPT
            )
            for moment in page.moments:
                if matters(moment):
                    count += 1
                    yield moment
            behind = page.behind
            if not behind or (enough is not None and count >= enough):
                return

    def _first_due(
        self, plan: MomentPlan, entered_at: datetime, wanted: Collection[str], kept: _Kept
    ) -> MomentUnit | None:
        """Look through all of the table for what the list has no room for."""
        day_of_entry = local_day(entered_at, plan.timezone)
        others: MomentUnit | None = None
        for day in (RETURNED, *(day for day in plan.days if day <= day_of_entry)):
            for moment in self._of_day(
                plan,
                day,
                enough=None,
                matters=lambda m: m.prize in wanted and m.is_due(entered_at),
            ):
                if _key(moment) not in kept.trying:
                    return moment
                others = others or moment
        return others


def _key(moment: MomentUnit) -> Key:
    return moment.day, moment.sk
