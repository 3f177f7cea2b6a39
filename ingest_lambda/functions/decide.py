"""Apply a decision to the table: once, in order, with all that follows from it in one transaction."""

from collections.abc import Collection, Sequence
from typing import Any

from ingest_lambda.adapters.stock import Stock
from ingest_lambda.adapters.table import NOTHING, Table, Taken, Write
from ingest_lambda.contract import (
    ANSWERABLE,
    BY_CHANCE,
    KEEPS_SLOT,
    AwardRecord,
    AwardState,
    AwardTiming,
    Decision,
    Manifest,
    PrizeOutcome,
    PrizeSpec,
    ReasonCode,
    SubmissionRecord,
    SubmissionStatus,
)
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.write.award_moves import is_still_theirs, moves_of
from ingest_lambda.functions.write.giving import ALIVE, Giver, Standing
from ingest_lambda.functions.write.replacing import replace, replace_and_take
from ingest_lambda.functions.write.validation import is_held

_COUNTS = frozenset(
    {SubmissionStatus.APPROVED, SubmissionStatus.PENDING_REVIEW, SubmissionStatus.RECEIVED}
)
_FREES = frozenset({SubmissionStatus.REJECTED, SubmissionStatus.INVALID})


class SubmissionMissing(Exception):
    """A decision on something that the table does not hold."""


def apply_decision(decision: Decision, *, table: Table, giver: Giver) -> bool:
    """Write a decision to its submission; ``False`` where a later or equal one was there already.

    Guarded by the decision's number and the item's version, so it may be
    delivered twice, late or out of order. Slots and guards are given back in
    the same transaction that forgets them, hence once; a verdict that lets a
    rejected or refused submission in again takes what is still free. Awards move in
    it as :mod:`ingest_lambda.functions.write.award_moves` says, and prizes that wait for an
    approval, or were released by what this verdict goes back on, are offered in it. Where
    the campaign is paused, or was as the verdict was given, they are held instead, to be
    offered in the order of entry after the resume.

    Raises:
        SubmissionMissing: there is no such submission.
        TryAgain: another writer stored a version at the same moment, or the table is busy.
    """
    stored = table.submissions.get(decision.submission_id)
    if stored is None:
        raise SubmissionMissing(str(decision.submission_id))
    if stored.decision_no >= decision.decision_no:
        return False
    # A verdict on an attempt that has been answered meanwhile says nothing about the new one.
    answered = decision.attempt < stored.attempt and decision.status in ANSWERABLE
    freed = NOTHING if answered else _given_back(decision, stored)
    record = stored.model_copy(update=_changes(decision, stored, freed))
    awards = table.submissions.awards(stored.id) if stored.prizes else ()
    moves: list[Write] = []
    if awards and not answered:
        moves = moves_of(
            decision.status,
            awards,
            campaign_id=stored.campaign_id,
            keeps=decision.keeps_prizes,
            stock=giver.stock,
            table=table,
        )
    retakes = _retakes_limits(decision, stored)

    def store(storing: SubmissionRecord, beside: Sequence[Write]) -> None:
        if retakes:
            replace_and_take(storing, table=table, beside=[*moves, *beside])
        else:
            replace(storing, table, gives_back=freed, beside=[*moves, *beside])

    manifest, wanted = _offered(decision, stored, awards, table, giver.stock)
    if manifest is None or not wanted or answered:
        store(record, ())
        if moves:
            giver.forget_reads()
        return True
    current = table.published.current(stored.slug)
    if current is not None and is_held(current, decision.decided_at, manifest):
        held = {prize.name: PrizeOutcome.HELD for prize in wanted}
        waiting = record.model_copy(update={"held": True, "prizes": record.prizes | held})
        store(waiting, [table.submissions.holds(waiting)])
        if moves:
            giver.forget_reads()
        return True
    giver.give(
        record,
        manifest,
        wanted,
        awards={award.prize: award for award in awards},
        standing=_standing_by(decision),
        store=store,
        at=decision.decided_at,
        table=table,
    )
    return True


def _offered(
    decision: Decision,
    stored: SubmissionRecord,
    awards: Sequence[AwardRecord],
    table: Table,
    stock: Stock,
) -> tuple[Manifest | None, list[PrizeSpec]]:
    """Return which prizes of its release a verdict offers, by the time of entry."""
    lets_in = stored.shown_status is SubmissionStatus.INVALID
    if decision.status not in _COUNTS or not (stored.prizes or lets_in):
        return None, []
    manifest = table.published.release(stored.slug, stored.release)
    if manifest is None:
        raise TryAgain("release_missing")
    if manifest.prize_plan is None:
        return manifest, []
    is_approved = decision.status is SubmissionStatus.APPROVED
    has = {
        award.prize: award
        for award in awards
        if award.state in ALIVE or is_still_theirs(award, stored.campaign_id, stock=stock)
    }
    released = {award.prize for award in awards} - set(has)
    by_name = {prize.name: prize for prize in manifest.prize_plan.prizes}
    had_chance = any(by_name[name].mechanic in BY_CHANCE for name in has if name in by_name)
    wanted = []
    for prize in manifest.prize_plan.prizes:
        outcome = stored.prizes.get(prize.name)
        is_open = outcome is PrizeOutcome.AFTER_APPROVAL or (lets_in and outcome is None)
        if prize.name in has or not (is_open or prize.name in released):
            continue
        if had_chance and prize.mechanic in BY_CHANCE:
            continue
        if prize.timing is AwardTiming.AT_ONCE or is_approved:
            wanted.append(prize)
    return manifest, wanted


def _standing_by(decision: Decision) -> Standing:
    def judge(
        record: SubmissionRecord, _given: Collection[PrizeSpec]
    ) -> tuple[SubmissionRecord, AwardState]:
        is_approved = decision.status is SubmissionStatus.APPROVED
        return record, AwardState.CONFIRMED if is_approved else AwardState.PROVISIONAL

    return judge


def _retakes_limits(decision: Decision, stored: SubmissionRecord) -> bool:
    """Tell whether a submission that holds no slot, or gave some back, is let in by this verdict."""
    if decision.status in _FREES:
        return False
    if stored.limits_given_back or stored.guards_given_back:
        return True
    let_in = (SubmissionStatus.RECEIVED, SubmissionStatus.PENDING_REVIEW)
    return decision.status in let_in and stored.shown_status is SubmissionStatus.INVALID


def _given_back(decision: Decision, stored: SubmissionRecord) -> Taken:
    """Return what a verdict frees: the campaign's choice on a rejection, all of it on ``invalid``.

    Never for a duplicate or an altered receipt, whatever the campaign says
    (DOMAIN §4). The choice is the one of the release that the submission was
    judged by; it was noted with the slot when that was taken.
    """
    if any(reason.code in KEEPS_SLOT for reason in decision.reasons):
        return NOTHING
    if decision.status is SubmissionStatus.INVALID:
        return Taken(stored.limits_taken, stored.guards_taken)
    if decision.status is not SubmissionStatus.REJECTED or not decision.gives_back:
        return NOTHING
    return Taken(
        tuple(taken for taken in stored.limits_taken if taken.gives_back_when_rejected),
        stored.guards_taken if stored.guards_give_back else (),
    )


def _changes(decision: Decision, stored: SubmissionRecord, freed: Taken) -> dict[str, Any]:
    expired = any(r.code is ReasonCode.RESUBMISSION_EXPIRED for r in decision.reasons)
    changes: dict[str, Any] = {
        "decision_no": decision.decision_no,
        "decision_status": decision.status,
        "decided_attempt": decision.attempt,
        "decision_reasons": decision.reasons,
        "decide_by": decision.decide_by,
        # Kept when it has passed: an answer that entered before it may still be in the queue.
        "resubmit_until": stored.resubmit_until if expired else decision.resubmit_until,
        "version": stored.version + 1,
    }
    if freed:
        changes |= {
            "limits_taken": tuple(t for t in stored.limits_taken if t not in freed.limits),
            "guards_taken": tuple(g for g in stored.guards_taken if g not in freed.guards),
            "limits_given_back": (*stored.limits_given_back, *freed.limits),
            "guards_given_back": (*stored.guards_given_back, *freed.guards),
        }
    return changes
