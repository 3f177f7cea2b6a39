"""The one status that page, list and mail show."""

from ingest_lambda.contract.words import SubmissionStatus


def shown_status(
    ingest: SubmissionStatus,
    decision: SubmissionStatus | None,
    *,
    attempt: int,
    decided_attempt: int,
) -> SubmissionStatus:
    """Return the last decision's status, else the ingest status.

    A resubmission answers the decision that asked for it: once attempt n + 1 is
    stored, a decision on attempt n says nothing any more, whichever of the two
    arrived here first. A withdrawal is the entrant's own and stands above both.
    """
    if ingest is SubmissionStatus.WITHDRAWN:
        return ingest
    if decision is None:
        return ingest
    if decision is SubmissionStatus.NEEDS_RESUBMISSION and attempt > decided_attempt:
        return ingest
    return decision
