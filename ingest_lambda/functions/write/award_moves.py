"""What a verdict does to the awards that a submission has: confirmed, released, revoked."""

from collections.abc import Collection, Sequence

from ingest_lambda.adapters.stock import Stock
from ingest_lambda.adapters.table import Table, Taken, Write
from ingest_lambda.contract import AwardRecord, AwardState, SubmissionStatus, TakenLimit
from ingest_lambda.functions.write.limits import joined

_ENDS = frozenset(
    {
        SubmissionStatus.REJECTED,
        SubmissionStatus.INVALID,
        SubmissionStatus.WITHDRAWN,
        SubmissionStatus.REVOKED,
    }
)
_REVOKES = _ENDS - {SubmissionStatus.WITHDRAWN}


def moves_of(
    status: SubmissionStatus,
    awards: Sequence[AwardRecord],
    *,
    campaign_id: str,
    keeps: Collection[str] = (),
    stock: Stock,
    table: Table,
) -> list[Write]:
    """Return the writes by which a verdict with this status moves awards, for its own transaction.

    An approval confirms what is provisional. A refusal releases it: its unit goes back
    into the stock, with its code, which nobody has seen. What is confirmed is revoked:
    a thing goes back unless its winner has claimed it (``keeps``), a code that was
    shown never does, and is theirs again with another approval.

    Raises:
        TryAgain: the table is busy or away.
    """
    writes: list[Write] = []
    freed: tuple[TakenLimit, ...] = ()
    for award in awards:
        after = _after(status, award.state)
        if status is SubmissionStatus.APPROVED and is_still_theirs(award, campaign_id, stock=stock):
            after = AwardState.CONFIRMED
        if after is None:
            continue
        moved = award.model_copy(update={"state": after, "version": award.version + 1})
        if after is not AwardState.CONFIRMED:
            given = stock.given.get(campaign_id, award.prize, award.unit)
            is_mine = given is not None and given.submission_id == award.submission_id
            code = given.code if given else None
            is_kept = award.prize in keeps or code is not None
            if after is AwardState.RELEASED or not is_kept:
                if is_mine:
                    writes += stock.given.returns(campaign_id, award, code)
                freed = joined(freed, award.limits_taken)
                moved = moved.model_copy(update={"limits_taken": ()})
        writes.append(table.submissions.gives_award(moved, over=award))
    if freed:
        owner = awards[0].submission_id
        writes += table.limits.gives_back(campaign_id, owner, Taken(limits=freed))
    return writes


def is_still_theirs(award: AwardRecord, campaign_id: str, *, stock: Stock) -> bool:
    """Tell whether an award was revoked whose unit its submission has still, such as a code that was shown."""
    if award.state is not AwardState.REVOKED:
        return False
    given = stock.given.get(campaign_id, award.prize, award.unit)
    return given is not None and given.submission_id == award.submission_id


def _after(status: SubmissionStatus, state: AwardState) -> AwardState | None:
    """Return the next state of an award; ``None`` if it stays as it is."""
    if state is AwardState.PROVISIONAL:
        if status is SubmissionStatus.APPROVED:
            return AwardState.CONFIRMED
        return AwardState.RELEASED if status in _ENDS else None
    if state is AwardState.CONFIRMED and status in _REVOKES:
        return AwardState.REVOKED
    return None
