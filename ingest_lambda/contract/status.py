"""The one status that page, list and mail show."""

from ingest_lambda.contract.words import SubmissionStatus

ANSWERABLE = frozenset({SubmissionStatus.NEEDS_RESUBMISSION, SubmissionStatus.REJECTED})
"""Verdicts that a new attempt replaces: the request for it, and the rejection after its deadline, which
may be applied although the attempt entered in time."""


def shown_status(
    ingest: SubmissionStatus,
    decision: SubmissionStatus | None,
    *,
    attempt: int,
    decided_attempt: int,
) -> SubmissionStatus:
    """Return the last decision's status, else the ingest status.

    A resubmission replaces the decision that requested it: once attempt n + 1 is
    stored, a request or a rejection of attempt n no longer counts, whichever of the
    two was stored first. A withdrawal by the entrant overrides every decision.
    """
    if ingest is SubmissionStatus.WITHDRAWN:
        return ingest
    if decision is None:
        return ingest
    if decision in ANSWERABLE and attempt > decided_attempt:
        return ingest
    return decision
