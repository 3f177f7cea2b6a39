"""Which prizes a submission is offered when it is written, and in which state its awards begin."""

from collections.abc import Collection

from ingest_lambda.adapters.table import Table
from ingest_lambda.contract import (
    BY_CHANCE,
    AwardState,
    AwardTiming,
    Manifest,
    PrizeOutcome,
    PrizeSpec,
    ReviewMode,
    SubmissionRecord,
    SubmissionStatus,
)
from ingest_lambda.functions.write.giving import Giver, Standing, Storing

_UNREVIEWED = frozenset({SubmissionStatus.RECEIVED, SubmissionStatus.APPROVED})


def store_with_prizes(
    record: SubmissionRecord,
    manifest: Manifest,
    *,
    store: Storing,
    giver: Giver,
    table: Table,
) -> SubmissionRecord:
    """Store a submission with the prizes that it gets at its entry; return it as stored.

    A held one gets none: it is noted where it waits to be offered them, in the order
    of entry.

    Raises:
        Cancelled, PrizesBusy, TryAgain: as :meth:`Giver.give`.
    """
    plan = manifest.prize_plan
    if plan is None or record.status is SubmissionStatus.INVALID:
        store(record, ())
        return record
    if record.held:
        held = {prize.name: PrizeOutcome.HELD for prize in plan.prizes}
        record = record.model_copy(update={"prizes": held})
        store(record, [table.submissions.holds(record)])
        return record
    # Where nobody looks at it, the writer is who approves it.
    is_approved = record.status is SubmissionStatus.APPROVED
    wanted = [p for p in plan.prizes if p.timing is AwardTiming.AT_ONCE or is_approved]
    later = {p.name: PrizeOutcome.AFTER_APPROVAL for p in plan.prizes if p not in wanted}
    return giver.give(
        record.model_copy(update={"prizes": later}),
        manifest,
        wanted,
        awards={},
        standing=standing_by_rules(manifest),
        store=store,
        at=record.written_at,
        table=table,
    )


def standing_by_rules(manifest: Manifest) -> Standing:
    """Return what says what a submission becomes with its prizes, by its campaign's own rules.

    A winner by chance goes to review if the campaign looks at winners. An award is
    confirmed at once only if nobody looks at the submission and no photo of it can
    still turn out to be none.
    """

    def judge(
        record: SubmissionRecord, given: Collection[PrizeSpec]
    ) -> tuple[SubmissionRecord, AwardState]:
        by_chance = any(prize.mechanic in BY_CHANCE for prize in given)
        looks = manifest.review is ReviewMode.WINNERS and by_chance
        if looks and record.status is SubmissionStatus.RECEIVED:
            record = record.model_copy(update={"status": SubmissionStatus.PENDING_REVIEW})
        is_final = record.status in _UNREVIEWED and not record.uploads
        return record, AwardState.CONFIRMED if is_final else AwardState.PROVISIONAL

    return judge
