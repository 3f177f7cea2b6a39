"""Give units of prizes to a submission, in the one transaction that stores it.

The unit is taken out of the stock, made given, and noted as the submission's
award, or nothing is written at all. A try that meets another writer goes on with
the next unit. No prize is refused to a submission because of such a meeting: it
goes without only after a read, begun after its last lost try, showed no unit.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Condition, Lock
from typing import Any

from ingest_lambda.adapters.stock import (
    BlockUnit,
    FallbackUnit,
    MomentPlan,
    MomentUnit,
    NextMoments,
    NextUnits,
    ReturnedUnit,
    Stock,
    given_part,
    unit_part,
)
from ingest_lambda.adapters.table import (
    ON_PRIZES,
    ON_UNITS,
    Cancelled,
    InConflict,
    Part,
    Table,
    Write,
    award_part,
)
from ingest_lambda.contract import (
    BY_CHANCE,
    AwardRecord,
    AwardState,
    Manifest,
    PrizeOutcome,
    PrizeSpec,
    SubmissionRecord,
)
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.write import award_limits

TRIES = 10
LONGEST_SECONDS = 2.0
"""After so many tries, or so long, the submission is reported to be delivered again."""
ALIVE = frozenset({AwardState.PROVISIONAL, AwardState.CONFIRMED})
"""States of an award that has its unit."""
logger = logging.getLogger(__name__)


class PrizesBusy(TryAgain):
    """Other writers were at every unit that was tried. The record is reported at once, not tried in place."""


Unit = MomentUnit | BlockUnit | ReturnedUnit | FallbackUnit
Storing = Callable[[SubmissionRecord, Sequence[Write]], None]
"""Stores a submission with the writes of its awards in one transaction.

Raises :class:`Cancelled` or :class:`InConflict` with the names of the parts, its
own and those of the awards.
"""


Standing = Callable[[SubmissionRecord, Collection[PrizeSpec]], tuple[SubmissionRecord, AwardState]]
"""Says what a submission becomes with the prizes that it is about to get, and the state of its awards."""


@dataclass
class _Offer:
    """What is offered to one submission, and what is known of it so far."""

    record: SubmissionRecord
    manifest: Manifest
    open: dict[str, PrizeSpec]
    awards: dict[str, AwardRecord]
    outcomes: dict[str, PrizeOutcome]
    losses: Counter[str] = field(default_factory=Counter)
    lost_at: float = float("-inf")
    moment_plan: MomentPlan | None = None

    def close(self, prize: str, outcome: PrizeOutcome) -> None:
        """Offer a prize no longer."""
        del self.open[prize]
        self.outcomes[prize] = outcome


class Giver:
    """Gives units. One a process: it keeps what it knows of the stock for all its threads."""

    def __init__(
        self,
        stock: Stock,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        rng: random.Random | None = None,
        lock: Callable[[], Any] = Lock,
        condition: Callable[[], Any] = Condition,
    ) -> None:
        self.stock = stock
        self.ghosts = 0
        """Units that lay in the stock although they were given, and were taken away."""
        waits = {"lock": lock, "condition": condition}
        self._moments = NextMoments(stock.moments, clock=clock, now=now, rng=rng, **waits)
        self._units = NextUnits(stock.blocks, clock=clock, rng=rng, **waits)
        self._clock = clock
        self._sleep = sleep
        self._rng = rng or random.SystemRandom()

    def give(
        self,
        record: SubmissionRecord,
        manifest: Manifest,
        wanted: Collection[PrizeSpec],
        *,
        awards: Mapping[str, AwardRecord],
        standing: Standing,
        store: Storing,
        at: datetime,
        table: Table,
    ) -> SubmissionRecord:
        """Store a submission with a unit of each prize ``wanted`` that has one for it; return it as stored.

        Of prizes by chance it gets one at most. ``awards`` are those that it has or
        had, whose version goes on. The outcome of each prize is noted on it.

        Raises:
            Cancelled: parts that are not of prizes refused.
            PrizesBusy: too many tries met other writers.
            TryAgain: the table is busy or away.
        """
        offer = _Offer(
            record,
            manifest,
            {prize.name: prize for prize in wanted},
            dict(awards),
            dict(record.prizes),
            moment_plan=_moment_plan(record, manifest, wanted),
        )
        begun, tries = self._clock(), 0
        while tries < TRIES and self._clock() - begun < LONGEST_SECONDS:
            units = self._pick(offer)
            taken: set[str] = set()
            lost: set[str] = set()
            met: set[str] = set()
            try:
                stored = self._store(offer, units, standing, store, at, table)
            except Cancelled as cancelled:
                if any(part.kind not in ON_PRIZES for part in cancelled.refused):
                    raise
                tries += not self._note_ghosts(offer, units, cancelled.refused)
                lost = self._note_refused(offer, units, cancelled.refused, table)
            except InConflict as conflict:
                tries += 1
                if all(part.kind in ON_UNITS for part in conflict.in_conflict):
                    met = {part.name for part in conflict.in_conflict}
                    for name in met:
                        offer.losses[name] += 1
                    self._sleep(self._rng.uniform(0.005, 0.02))
                else:
                    self._sleep(self._rng.uniform(0, 0.05))
                offer.lost_at = self._clock()
            else:
                taken = set(units)
                return stored
            finally:
                for name, unit in units.items():
                    self._settle(
                        offer,
                        unit,
                        is_taken=name in taken,
                        is_lost=name in lost,
                        is_met=name in met,
                    )
        raise PrizesBusy("prizes_busy")

    def forget_reads(self) -> None:
        """Trust no earlier read of the stock: this process put a unit back. Others see it within a second."""
        self._moments.forget()
        self._units.forget()

    def _pick(self, offer: _Offer) -> dict[str, Unit]:
        """Choose a unit of each open prize; a prize without one gets its outcome."""
        units: dict[str, Unit] = {}
        chances = {name for name, prize in offer.open.items() if prize.mechanic in BY_CHANCE}
        try:
            if chances and offer.moment_plan is not None:
                moment = self._moments.pick(
                    offer.moment_plan,
                    offer.record.entered_at,
                    chances,
                    losses=max(offer.losses[name] for name in chances),
                    read_since=offer.lost_at,
                )
                if moment is not None:
                    units[moment.prize] = moment
            for name in offer.open:
                if name not in chances:
                    unit = self._units.pick(
                        offer.record.campaign_id, name, read_since=offer.lost_at
                    )
                    fallback = None
                    if unit is None and offer.open[name].fallback:
                        fallback = self.stock.given.fallback(
                            offer.record.campaign_id, name, offer.record.id
                        )
                    if (found := unit or fallback) is not None:
                        units[name] = found
        except BaseException:
            for picked in units.values():
                self._settle(offer, picked)
            raise
        return units

    def _store(
        self,
        offer: _Offer,
        units: Mapping[str, Unit],
        standing: Standing,
        store: Storing,
        at: datetime,
        table: Table,
    ) -> SubmissionRecord:
        outcomes = dict(offer.outcomes)
        for name, prize in offer.open.items():
            if name in units:
                outcomes[name] = PrizeOutcome.GIVEN
            elif prize.mechanic in BY_CHANCE:
                outcomes[name] = PrizeOutcome.NOT_THIS_TIME
            else:
                outcomes[name] = PrizeOutcome.NONE_LEFT
        given = [prize for name, prize in offer.open.items() if name in units]
        judged, state = standing(offer.record, given)
        judged = judged.model_copy(update={"prizes": outcomes})
        uses = award_limits.uses_of(judged, offer.manifest, units, table=table)
        writes: list[Write] = []
        for name, unit in units.items():
            if isinstance(unit, FallbackUnit):
                writes += self.stock.given.gives_fallback(judged.campaign_id, unit, judged.id)
            else:
                writes += self.stock.given.gives(judged.campaign_id, unit, judged.id)
            before = offer.awards.get(name)
            award = AwardRecord(
                submission_id=judged.id,
                slug=judged.slug,
                prize=name,
                unit=unit.unit,
                state=state,
                entered_at=judged.entered_at,
                moment=unit.won if isinstance(unit, MomentUnit) else None,
                limits_taken=award_limits.taken_by(name, uses, offer.manifest),
                awarded_at=at,
                version=before.version + 1 if before else 1,
            )
            writes.append(table.submissions.gives_award(award, over=before))
        writes += table.limits.takes_awards(judged.campaign_id, judged.id, uses)
        store(judged, writes)
        return judged

    def _note_ghosts(
        self, offer: _Offer, units: Mapping[str, Unit], refused: Collection[Part]
    ) -> bool:
        """Take ghosts away: units that are given although they lay in the stock. Tell whether there were any."""
        # Where its unit is not there either, another writer has just taken it.
        found = [
            name for name in units if given_part(name) in refused and unit_part(name) not in refused
        ]
        for name in found:
            unit = units[name]
            if isinstance(unit, FallbackUnit):
                continue
            if self.stock.given.bury(offer.record.campaign_id, unit):
                self.ghosts += 1
                logger.warning("ghost_unit", extra={"prize": name, "unit": unit.unit})
        return bool(found)

    def _note_refused(
        self,
        offer: _Offer,
        units: Mapping[str, Unit],
        refused: Collection[Part],
        table: Table,
    ) -> set[str]:
        """Learn from a refused transaction; return the prizes whose unit is not there any more."""
        lost = {name for name in units if {given_part(name), unit_part(name)} & set(refused)}
        for name in lost:
            offer.losses[name] += 1
        offer.lost_at = self._clock()
        for name in award_limits.over(offer.manifest, units, refused):
            offer.close(name, PrizeOutcome.LIMIT_REACHED)
        if any(award_part(name) in refused for name in units):
            # It was put here by a republish, or the submission's version has moved on with it.
            held = {award.prize: award for award in table.submissions.awards(offer.record.id)}
            for name in [name for name in units if award_part(name) in refused]:
                award = held.get(name)
                if award is not None and award.state in ALIVE and name in offer.open:
                    offer.close(name, PrizeOutcome.GIVEN)
                elif award is not None:
                    offer.awards[name] = award
        return lost

    def _settle(
        self,
        offer: _Offer,
        unit: Unit,
        *,
        is_taken: bool = False,
        is_lost: bool = False,
        is_met: bool = False,
    ) -> None:
        if isinstance(unit, MomentUnit):
            assert offer.moment_plan is not None
            self._moments.settle(
                offer.moment_plan, unit, is_taken=is_taken, is_lost=is_lost, is_met=is_met
            )
        elif not isinstance(unit, FallbackUnit):
            self._units.settle(unit, is_taken=is_taken, is_lost=is_lost, is_met=is_met)


def _moment_plan(
    record: SubmissionRecord, manifest: Manifest, wanted: Collection[PrizeSpec]
) -> MomentPlan | None:
    plan = manifest.prize_plan
    if plan is None or plan.moment_set is None:
        return None
    return MomentPlan(
        campaign_id=record.campaign_id,
        moment_set=plan.moment_set,
        days=plan.moment_days,
        timezone=manifest.timezone,
        prizes=frozenset(prize.name for prize in wanted if prize.mechanic in BY_CHANCE),
    )
