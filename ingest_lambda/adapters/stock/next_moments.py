"""The next winning moments, kept by a process and shared by its threads."""

import random
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Condition, Lock
from typing import Any

from ingest_lambda.adapters.stock.keys import RETURNED
from ingest_lambda.adapters.stock.moments import MomentItems
from ingest_lambda.adapters.stock.units import MomentUnit
from ingest_lambda.contract import local_day
from ingest_lambda.errors import TryAgain

KEPT = 16
MOST_KEPT = 512
REFRESH_SECONDS = 1.0
"""How old a list may be that shows no due moment."""
FRESH_SECONDS = 0.1
"""How old a list may be from which a due moment is tried."""
CROWDED_SECONDS = 0.02
"""The same where other processes are at the moments too: a read costs less than a try that is too late."""
SPREAD = 4
"""After k losses, one of the first 4 to the power of k due moments is tried."""
_MOST_SPREAD = 5.0
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

    changed: Condition
    reading: Lock
    moments: list[MomentUnit] = field(default_factory=list)
    read_at: float = float("-inf")
    unread_day: str | None = ""
    """The first day that the list says nothing of; ``None`` if it has all."""
    whole_until: datetime | None = None
    """If there are more moments than the list took: up to where it has all."""
    done_days: set[str] = field(default_factory=set)
    """Days without a moment that is not over; none is ever added to a day."""
    trying: set[Key] = field(default_factory=set)
    busy: dict[Key, float] = field(default_factory=dict)
    """Until when not to try a moment that another process had reserved."""
    spread: float = 0.0
    """How far tries are spread: rises with each loss of this process, and falls with each moment it takes."""
    enough: int = KEPT
    """How many moments to read: more where other processes try all those that were read, until few are due."""
    gone: dict[Key, float] = field(default_factory=dict)
    """What this process took or lost, and when: a read that began before may still show it."""


@dataclass(frozen=True)
class _Look:
    """How to look for a moment: in a list that was read since, then in the table, behind what a list takes."""

    since: float
    begun: float
    """When this look began. A read since then is new enough, however long it took."""
    is_far: bool = False


class NextMoments:
    """Finds a due moment for a submission without a read of its own, mostly."""

    def __init__(
        self,
        items: MomentItems,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        rng: random.Random | None = None,
        lock: Callable[[], Any] = Lock,
        condition: Callable[[], Any] = Condition,
    ) -> None:
        self._items = items
        self._clock = clock
        self._now = now
        self._rng = rng or random.SystemRandom()
        self._lists: dict[MomentPlan, _Kept] = {}
        self._new_lock, self._new_condition = lock, condition
        self._lock = Lock()
        self._name = f"{self._rng.getrandbits(64):016x}"

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
        look = _Look(since=read_since, begun=self._clock())
        for _ in range(_MOST_WAITS):
            found = self._choose(kept, plan, entered_at, wanted, losses=losses, look=look)
            if found is None:
                return None
            if isinstance(found, _Look):
                look = found
            elif self._reserve(kept, found, entered_at):
                return found
            else:
                look = replace(look, begun=self._clock())
        raise TryAgain("moments_tried")

    def _choose(
        self,
        kept: _Kept,
        plan: MomentPlan,
        entered_at: datetime,
        wanted: Collection[str],
        *,
        losses: int,
        look: _Look,
    ) -> MomentUnit | _Look | None:
        """Return a due moment that nobody tries, ``None`` if none is due, or how to look again."""
        self._read_if_before(kept, plan, max(look.since, self._clock() - REFRESH_SECONDS))
        is_late = entered_at < self._now() - LATEST
        with kept.changed:
            due = [m for m in kept.moments if m.prize in wanted and m.is_due(entered_at)]
            if due:
                oldest = self._clock() - (CROWDED_SECONDS if kept.spread >= 1 else FRESH_SECONDS)
                if kept.read_at < min(oldest, look.begun):
                    return replace(look, since=max(look.since, oldest))
                if len(due) <= kept.enough // 8:
                    kept.enough = max(KEPT, kept.enough // 2)
                free = [moment for moment in due if self._is_free(kept, moment)]
                if free:
                    spread = max(losses, int(kept.spread))
                    return self._try(kept, self._rng.choice(free[: SPREAD**spread]))
                return self._wait(kept, look)
            if not is_late and self._shows(kept, plan, entered_at):
                return None
            if not is_late and not look.is_far:
                # The list may be used up, with more behind it.
                return _Look(since=self._clock(), begun=self._clock(), is_far=True)
        found = self._first_due(plan, entered_at, wanted, kept)
        if found is None:
            return None
        with kept.changed:
            return self._try(kept, found) if self._is_free(kept, found) else self._wait(kept, look)

    def _wait(self, kept: _Kept, look: _Look) -> _Look:
        kept.changed.wait(_WAIT_SECONDS)
        now = self._clock()
        return replace(look, since=max(look.since, now - _WAIT_SECONDS), begun=now)

    def _is_free(self, kept: _Kept, moment: MomentUnit) -> bool:
        if _key(moment) in kept.trying or kept.busy.get(_key(moment), 0.0) > self._clock():
            return False
        return not moment.is_reserved(self._now())

    def _reserve(self, kept: _Kept, moment: MomentUnit, entered_at: datetime) -> bool:
        """Keep other processes from a moment that this thread is about to try; tell whether it may."""
        now, is_reserved = self._now(), False
        try:
            is_reserved = self._items.reserve(moment, by=self._name, now=now)
        finally:
            if not is_reserved:
                with kept.changed:
                    kept.trying.discard(_key(moment))
                    kept.busy[_key(moment)] = self._clock() + FRESH_SECONDS
                    kept.spread = min(_MOST_SPREAD, kept.spread + 1.0)
                    if kept.moments and kept.moments[-1].at <= entered_at:
                        # All were due, and there may be more that no other process is at.
                        kept.enough = min(MOST_KEPT, 2 * kept.enough)
                    kept.changed.notify_all()
        return is_reserved

    def settle(
        self, plan: MomentPlan, moment: MomentUnit, *, is_taken: bool, is_lost: bool, is_met: bool
    ) -> None:
        """End a try: this process took the moment, lost it to another writer, met one at it, or none of these."""
        kept = self._kept(plan)
        try:
            if not (is_taken or is_lost):
                self._items.release(moment, by=self._name)
        finally:
            self._note(kept, moment, is_taken=is_taken, is_lost=is_lost, is_met=is_met)

    def _note(
        self, kept: _Kept, moment: MomentUnit, *, is_taken: bool, is_lost: bool, is_met: bool
    ) -> None:
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
            return self._lists.setdefault(plan, _Kept(self._new_condition(), self._new_lock()))

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
                kept.busy = {key: until for key, until in kept.busy.items() if until > began}
                kept.moments = [m for m in moments if _key(m) not in kept.gone]
                kept.unread_day, kept.whole_until = unread_day, whole_until
                kept.read_at = began
                kept.changed.notify_all()

    def _read(
        self, kept: _Kept, plan: MomentPlan
    ) -> tuple[list[MomentUnit], str | None, datetime | None]:
        over = self._now() - LATEST
        # Once: another thread may change it, and a day left off for the smaller number would count as read.
        enough = kept.enough

        def matters(moment: MomentUnit) -> bool:
            return moment.prize in plan.prizes and (moment.until is None or moment.until > over)

        page = self._items.page(plan.campaign_id, plan.moment_set, RETURNED, most=enough)
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
            of_day = list(
                self._of_day(plan, day, enough=enough - len(in_days), most=enough, matters=matters)
            )
            in_days += of_day
            if len(in_days) >= enough:
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
        most: int = KEPT,
        matters: Callable[[MomentUnit], bool],
    ) -> Iterator[MomentUnit]:
        behind, count = "", 0
        while True:
            page = self._items.page(
                plan.campaign_id, plan.moment_set, day, behind=behind, most=most
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
                if self._is_free(kept, moment):
                    return moment
                others = others or moment
        return others


def _key(moment: MomentUnit) -> Key:
    return moment.day, moment.sk
