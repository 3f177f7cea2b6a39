"""The one status that page, list and mail show."""

from ingest_lambda.contract.words import SubmissionStatus

ANSWERABLE = frozenset({SubmissionStatus.NEEDS_RESUBMISSION, SubmissionStatus.REJECTED})
"""Verdicts that a new attempt answers: the question itself, and the sweep's rejection of who had
answered in time."""


def shown_status(
    ingest: SubmissionStatus,
    decision: SubmissionStatus | None,
    *,
    attempt: int,
    decided_attempt: int,
) -> SubmissionStatus:
    """Return the last decision's status, else the ingest status.

    A resubmission answers the decision that asked for it: once attempt n + 1 is
    stored, a question or a rejection of attempt n says nothing any more,
    whichever of the two arrived here first. A withdrawal is the entrant's own
    and stands above both.
    """
    if ingest is SubmissionStatus.WITHDRAWN:
        return ingest
    if decision is None:
        return ingest
    if decision in ANSWERABLE and attempt > decided_attempt:
        return ingest
    return decision
