"""The next units of prizes that lie in blocks, kept by a process and shared by its threads."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Condition, Lock, get_ident
from typing import Any

from ingest_lambda.adapters.stock.blocks import BlockItems, PoolBatch, StoredBlock
from ingest_lambda.adapters.stock.units import BlockUnit, ReturnedUnit
from ingest_lambda.errors import TryAgain

REFRESH_SECONDS = 1.0
"""How old a read may be that shows no unit."""
SWEPT_AT_ONCE = 16
MOST_SWEPT = 512
"""Blocks that a process looks at together if it meets others at the fewer that it looked at before."""
_RETURNED_AT_ONCE = 64
_WAIT_SECONDS = 0.02
_MOST_WAITS = 100

Place = tuple[str, int]
"""Batch and block number."""


@dataclass
class _Pool:
    """What a process knows of one prize's units. ``changed`` guards all but ``reading``, which a reader holds."""

    changed: Condition
    reading: Lock
    own: dict[int, StoredBlock] = field(default_factory=dict)
    """The block that each thread uses up, by the thread's identity."""
    half_used: dict[Place, StoredBlock] = field(default_factory=dict)
    """Blocks that the sweep found."""
    returned: list[ReturnedUnit] = field(default_factory=list)
    batches: tuple[PoolBatch, ...] = ()
    all_drawn: set[str] = field(default_factory=set)
    """Batches whose block numbers are used up."""
    used_up: dict[str, int] = field(default_factory=dict)
    """Blocks of a batch, from the first on, that are known to be used up. For ever: returns lie apart."""
    noted: dict[str, int] = field(default_factory=dict)
    """Up to where this process has noted a batch as used up, for processes that begin later."""
    read_at: float = float("-inf")
    """When the last read of batches and returned units began."""
    sweeps: int = SWEPT_AT_ONCE
    trying: set[Place | str] = field(default_factory=set)


class NextUnits:
    """Finds a unit to try. Each thread uses up a block of its own; what crashes left half used is swept at the end."""

    def __init__(
        self,
        items: BlockItems,
        *,
        clock: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
        lock: Callable[[], Any] = Lock,
        condition: Callable[[], Any] = Condition,
    ) -> None:
        self._items = items
        self._clock = clock
        self._rng = rng or random.SystemRandom()
        self._pools: dict[tuple[str, str], _Pool] = {}
        self._new_lock, self._new_condition = lock, condition
        self._lock = Lock()

    def pick(
        self, campaign_id: str, prize: str, *, read_since: float = float("-inf")
    ) -> BlockUnit | ReturnedUnit | None:
        """Return a unit to try, or ``None`` if none is left.

        ``None`` is said from consistent reads that began at ``read_since`` or later, on
        this object's clock. The unit is the caller's to try until :meth:`settle`.

        Raises:
            TryAgain: sibling threads are at every one that is left, for too long.
        """
        pool = self._pool(campaign_id, prize)
        me = get_ident()
        for _ in range(_MOST_WAITS):
            if (own := pool.own.get(me)) is not None:
                if not own.is_used_up:
                    return own.unit()
                del pool.own[me]
            oldest = max(read_since, self._clock() - REFRESH_SECONDS)
            self._read_if_before(pool, campaign_id, prize, oldest)
            if (drawn := self._draw(pool, campaign_id, prize)) is not None:
                pool.own[me] = drawn
                return drawn.unit()
            self._sweep(pool, campaign_id, prize)
            with pool.changed:
                found = self._left(pool)
                if found is not None:
                    return found
                if pool.returned or pool.half_used:
                    pool.changed.wait(_WAIT_SECONDS)
                elif self._is_swept(pool):
                    return None
        raise TryAgain("units_tried")

    def settle(
        self, unit: BlockUnit | ReturnedUnit, *, is_taken: bool, is_lost: bool, is_met: bool
    ) -> None:
        """End a try: this process took the unit, lost it to another writer, met one at it, or none of these."""
        pool = self._pool(unit.campaign_id, unit.prize)
        if isinstance(unit, ReturnedUnit):
            with pool.changed:
                pool.trying.discard(unit.unit)
                if is_taken or is_lost:
                    pool.returned = [one for one in pool.returned if one.unit != unit.unit]
                pool.changed.notify_all()
            return
        place = (unit.batch, unit.block)
        known = self._known(pool, unit, is_taken=is_taken, is_lost=is_lost)
        with pool.changed:
            pool.trying.discard(place)
            pool.changed.notify_all()
            if is_met or is_lost:
                self._widen(pool, place)
            own = pool.own.get(get_ident())
            if own is not None and (own.batch, own.number) == place:
                pool.own[get_ident()] = known or replace(own, next=own.size)
            elif known is None or known.is_used_up:
                pool.half_used.pop(place, None)
            elif place in pool.half_used:
                pool.half_used[place] = known

    @staticmethod
    def _widen(pool: _Pool, place: Place) -> None:
        """Look at more blocks together from the next sweep on, which is due now."""
        if place in pool.half_used and pool.sweeps < MOST_SWEPT:
            pool.sweeps *= 2
            pool.half_used = {
                at: block for at, block in pool.half_used.items() if at in pool.trying
            }

    def forget(self) -> None:
        """Read every pool again before it says anything: a unit came back."""
        with self._lock:
            for pool in self._pools.values():
                pool.read_at = float("-inf")

    def _known(
        self, pool: _Pool, unit: BlockUnit, *, is_taken: bool, is_lost: bool
    ) -> StoredBlock | None:
        """Return a block as it is after a try; read again if another writer was there."""
        place = (unit.batch, unit.block)
        own = pool.own.get(get_ident())
        mine = own if own is not None and (own.batch, own.number) == place else None
        before = mine or pool.half_used.get(place)
        if is_taken and before is not None:
            return replace(before, next=max(before.next, unit.index + 1))
        if is_lost:
            try:
                read = self._items.read(unit.campaign_id, unit.prize, unit.batch, [unit.block])
            except TryAgain:
                return None  # dropped here, and found again by the sweep
            return read.get(unit.block)
        return before

    def _pool(self, campaign_id: str, prize: str) -> _Pool:
        with self._lock:
            if (campaign_id, prize) not in self._pools and len(self._pools) >= 500:
                self._pools.clear()
            return self._pools.setdefault(
                (campaign_id, prize), _Pool(self._new_condition(), self._new_lock())
            )

    def _read_if_before(self, pool: _Pool, campaign_id: str, prize: str, oldest: float) -> None:
        if pool.read_at >= oldest:
            return
        with pool.reading:
            if pool.read_at >= oldest:
                return
            began = self._clock()
            batches = self._items.batches(campaign_id, prize)
            returned = self._items.returned(campaign_id, prize, most=_RETURNED_AT_ONCE)
            with pool.changed:
                pool.batches, pool.read_at = batches, began
                pool.returned = list(returned)
                for batch in batches:
                    known = pool.used_up.get(batch.batch, 0)
                    pool.used_up[batch.batch] = max(known, batch.swept)

    def _draw(self, pool: _Pool, campaign_id: str, prize: str) -> StoredBlock | None:
        """Draw block numbers until one has a unit left; ``None`` when all numbers are used up."""
        for batch in pool.batches:
            while batch.batch not in pool.all_drawn:
                number = self._items.draw_number(campaign_id, prize, batch.batch)
                if number >= batch.blocks:
                    pool.all_drawn.add(batch.batch)
                    break
                found = self._items.read(campaign_id, prize, batch.batch, [number]).get(number)
                if found is not None and not found.is_used_up:
                    return found
        return None

    def _sweep(self, pool: _Pool, campaign_id: str, prize: str) -> None:
        """Look for half-used blocks, on from the first that is not known to be used up."""
        if pool.half_used or self._is_swept(pool):
            return
        with pool.reading:
            for batch in pool.batches:
                while not pool.half_used and pool.used_up[batch.batch] < batch.blocks:
                    begin = pool.used_up[batch.batch]
                    numbers = range(begin, min(begin + pool.sweeps, batch.blocks))
                    read = self._items.read(campaign_id, prize, batch.batch, numbers)
                    left = {n: block for n, block in read.items() if not block.is_used_up}
                    # An absent block was never loaded, or is lost: it has nothing to give.
                    upto = min(left, default=numbers.stop)
                    with pool.changed:
                        pool.used_up[batch.batch] = upto
                        for number, block in left.items():
                            pool.half_used[batch.batch, number] = block
                    if upto == batch.blocks or upto >= pool.noted.get(batch.batch, 0) + MOST_SWEPT:
                        pool.noted[batch.batch] = upto
                        self._items.note_swept(campaign_id, prize, batch.batch, upto)

    @staticmethod
    def _is_swept(pool: _Pool) -> bool:
        return all(pool.used_up[batch.batch] >= batch.blocks for batch in pool.batches)

    def _left(self, pool: _Pool) -> BlockUnit | ReturnedUnit | None:
        """Choose among what was returned, then among half-used blocks; no sibling's."""
        returned = [unit for unit in pool.returned if unit.unit not in pool.trying]
        if returned:
            chosen = self._rng.choice(returned)
            pool.trying.add(chosen.unit)
            return chosen
        blocks = [place for place in pool.half_used if place not in pool.trying]
        if blocks:
            place = self._rng.choice(blocks)
            pool.trying.add(place)
            return pool.half_used[place].unit()
        return None
