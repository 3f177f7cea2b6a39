"""Which verdicts are possible from where (DOMAIN §3)."""

from ingest_lambda.contract import SubmissionStatus as Status

MOVES: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: frozenset(
        {
            Status.APPROVED,
            Status.REJECTED,
            Status.NEEDS_RESUBMISSION,
            Status.PENDING_REVIEW,
        }
    ),
    Status.PENDING_REVIEW: frozenset({Status.APPROVED, Status.REJECTED, Status.NEEDS_RESUBMISSION}),
    Status.NEEDS_RESUBMISSION: frozenset({Status.REJECTED, Status.PENDING_REVIEW}),
    Status.APPROVED: frozenset({Status.REVOKED, Status.PENDING_REVIEW}),
    Status.REJECTED: frozenset({Status.PENDING_REVIEW}),
    Status.INVALID: frozenset({Status.RECEIVED}),
    Status.REVOKED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}

BY_THE_SYSTEM: dict[Status, frozenset[Status]] = {
    Status.INVALID: frozenset({Status.PENDING_REVIEW}),
}
"""Moves that no person makes: a photo that it was refused for is no other entry's."""

MOST_ATTEMPTS = 2
"""The entry and one retry: what is still not right then is approved or rejected."""
