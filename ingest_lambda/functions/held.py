"""Offer prizes to what waits for them: what was held while paused, and awards whose photos are proved by now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from ingest_lambda.adapters.table import Cancelled, HeldItem, Table, Write
from ingest_lambda.contract import (
    AwardState,
    AwardTiming,
    PrizeOutcome,
    PrizeSpec,
    SubmissionRecord,
    SubmissionStatus,
)
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.write.award_moves import moves_of
from ingest_lambda.functions.write.giving import Giver, Standing
from ingest_lambda.functions.write.prizes import standing_by_rules
from ingest_lambda.functions.write.replacing import next_version, replace

_WAITS = frozenset(
    {
        SubmissionStatus.RECEIVED,
        SubmissionStatus.PENDING_REVIEW,
        SubmissionStatus.NEEDS_RESUBMISSION,
        SubmissionStatus.APPROVED,
    }
)


@dataclass(frozen=True)
class HeldOffered:
    """How many held submissions were offered prizes, and whether more wait."""

    offered: int
    left: bool


def offer_held(slug: str, *, most: int, table: Table, giver: Giver) -> HeldOffered:
    """Offer prizes to the first ``most`` held submissions of a campaign, in their order of entry.

    Nothing while it is paused. It offers what is held of each: of an entry that waited
    for its approval only what that approval brings. One that was refused or withdrawn
    meanwhile waits no longer. Each is taken from those that wait in the transaction that offers, so
    twice is once.

    Raises:
        TryAgain: the table is busy, other writers are at the stock, or somebody wrote
            a submission at this moment; those before it are done.
    """
    current = table.published.current(slug)
    manifest = table.published.release(slug, current.release) if current else None
    if current is None or manifest is None:
        return HeldOffered(0, left=False)
    waiting = table.submissions.waiting(manifest.campaign_id, most=most + 1)
    if current.paused:
        return HeldOffered(0, left=bool(waiting))
    for item in waiting[:most]:
        _offer(item, table=table, giver=giver)
    return HeldOffered(len(waiting[:most]), left=len(waiting) > most)


def _offer(item: HeldItem, *, table: Table, giver: Giver) -> None:
    done = table.submissions.waits_no_longer(item)
    stored = table.submissions.get(item.submission_id)
    if stored is None or not stored.held:
        table.submissions.drop_held(item)
        return
    manifest = table.published.release(stored.slug, stored.release)
    if manifest is None:
        raise TryAgain("release_missing")

    def store(record: SubmissionRecord, beside: Sequence[Write]) -> None:
        replace(record, table, beside=[done, *beside])

    plan = manifest.prize_plan
    held = (
        [p for p in plan.prizes if stored.prizes.get(p.name) is PrizeOutcome.HELD] if plan else []
    )
    wanted: list[PrizeSpec] = []
    if stored.shown_status in _WAITS:
        is_approved = stored.shown_status is SubmissionStatus.APPROVED
        wanted = [p for p in held if p.timing is AwardTiming.AT_ONCE or is_approved]
    # Also of what was refused in between: going back on that offers it what it would have been offered now.
    later = {p.name: PrizeOutcome.AFTER_APPROVAL for p in held if p not in wanted}
    record = next_version(stored, held=False, prizes=stored.prizes | later)
    if not wanted:
        store(record, ())
        return
    standing: Standing = standing_by_rules(manifest)
    if stored.decision_status is not None:
        standing = _standing_as_decided
    giver.give(
        record,
        manifest,
        wanted,
        awards={award.prize: award for award in table.submissions.awards(stored.id)},
        standing=standing,
        store=store,
        at=datetime.now(UTC),
        table=table,
    )


def _standing_as_decided(
    record: SubmissionRecord, _given: Collection[PrizeSpec]
) -> tuple[SubmissionRecord, AwardState]:
    is_approved = record.shown_status is SubmissionStatus.APPROVED
    return record, AwardState.CONFIRMED if is_approved else AwardState.PROVISIONAL


def confirm_awards(submission_id: UUID, *, table: Table, giver: Giver) -> bool:
    """Confirm the provisional awards of a submission that counts; tell whether there were any.

    For one that nobody decides on, once its photos are what it announced.

    Raises:
        TryAgain: somebody wrote it at this moment, or the table is busy.
    """
    stored = table.submissions.get(submission_id)
    counts = (SubmissionStatus.APPROVED, SubmissionStatus.RECEIVED)
    if stored is None or stored.shown_status not in counts:
        return False
    moves = moves_of(
        SubmissionStatus.APPROVED,
        table.submissions.awards(submission_id),
        campaign_id=stored.campaign_id,
        stock=giver.stock,
        table=table,
    )
    if not moves:
        return False
    try:
        replace(next_version(stored), table, beside=moves)
    except Cancelled as cancelled:
        raise TryAgain("version_moved") from cancelled
    return True
