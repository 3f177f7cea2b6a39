"""Give back what a submission won, before it is deleted as if it had never been: for what tests made."""

from uuid import UUID

from ingest_lambda.adapters.stock import Stock
from ingest_lambda.adapters.table import Cancelled, Table, Taken, Write
from ingest_lambda.contract import AwardState, TakenLimit
from ingest_lambda.errors import TryAgain
from ingest_lambda.functions.write.limits import joined
from ingest_lambda.functions.write.replacing import next_version, replace


def free_awards(submission_id: UUID, *, table: Table, stock: Stock) -> int:
    """Put the units of a submission back into the stock, codes too, and free its award limits; return how many.

    The same twice changes nothing. For test data only: a code that somebody was
    shown stays given.

    Raises:
        TryAgain: the table is busy, or another writer stored a version.
    """
    stored = table.submissions.get(submission_id)
    if stored is None:
        return 0
    writes: list[Write] = []
    freed: tuple[TakenLimit, ...] = ()
    units = 0
    for award in table.submissions.awards(submission_id):
        given = stock.given.get(stored.campaign_id, award.prize, award.unit)
        if given is None or given.submission_id != submission_id:
            continue
        units += 1
        writes += stock.given.returns(stored.campaign_id, award, given.code)
        freed = joined(freed, award.limits_taken)
        changes = {
            "state": AwardState.RELEASED,
            "limits_taken": (),
            "version": award.version + 1,
        }
        writes.append(table.submissions.gives_award(award.model_copy(update=changes), over=award))
    if not units:
        return 0
    if freed:
        writes += table.limits.gives_back(stored.campaign_id, submission_id, Taken(limits=freed))
    try:
        replace(next_version(stored), table, beside=writes)
    except Cancelled as cancelled:
        raise TryAgain("version_moved") from cancelled
    return units
