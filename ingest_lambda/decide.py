"""Apply a decision to the table: once, in order, with all that follows from it in one transaction."""

from ingest_lambda.contract import KEEPS_SLOT, Decision, Mode
from ingest_lambda.errors import TryAgain
from ingest_lambda.table import Cancelled, Table


class SubmissionMissing(Exception):
    """A decision on something that the table does not hold."""


def apply_decision(decision: Decision, *, table: Table) -> bool:
    """Write a decision to its submission; ``False`` where a later or equal one was there already.

    Guarded by the decision's number and the item's version, so it may be
    delivered twice, late or out of order. Slots and guards are given back in
    the same transaction that forgets them, hence once.

    Raises:
        SubmissionMissing: there is no such submission.
        TryAgain: somebody wrote to the submission at the same moment.
    """
    stored = table.submission(decision.submission_id)
    if stored is None:
        raise SubmissionMissing(str(decision.submission_id))
    if stored.decision_no >= decision.decision_no:
        return False
    keeps = any(reason.code in KEEPS_SLOT for reason in decision.reasons)
    gives_back = decision.gives_back and not keeps and stored.mode is Mode.LIVE
    given = tuple(taken for taken in stored.limits_taken if taken.gives_back_when_rejected)
    changes = {
        "decision_no": decision.decision_no,
        "decision_status": decision.status,
        "decided_attempt": decision.attempt,
        "decision_reasons": decision.reasons,
        "resubmit_until": decision.resubmit_until,
        "version": stored.version + 1,
    }
    if gives_back:
        kept = tuple(taken for taken in stored.limits_taken if taken not in given)
        changes |= {"limits_taken": kept, "guards_taken": ()}
    try:
        table.decide_submission(
            stored.model_copy(update=changes),
            gives_back=stored.model_copy(update={"limits_taken": given}) if gives_back else None,
        )
    except Cancelled as cancelled:
        raise TryAgain("version_moved") from cancelled
    return True
