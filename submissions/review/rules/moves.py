"""Which verdicts are possible from where, and by whom (DOMAIN §3)."""

from collections.abc import Mapping
from enum import StrEnum

from ingest_lambda.contract import SubmissionStatus as Status


class By(StrEnum):
    """In which right a submission is moved. Roles grant them; the pages ask for the roles."""

    SYSTEM = "system"
    """Rules, sweeps and the clock."""
    ANEW = "anew"
    """Asking once more what was asked already, because the mail that asks never went out."""
    MODERATOR = "moderator"
    """A first verdict on what waits for one."""
    UNDO = "undo"
    """One's own last verdict, within the undo minute."""
    LEAD = "lead"
    """Going back on a verdict of anybody's, with a reason."""


_VERDICT = frozenset({By.SYSTEM, By.MODERATOR})
_BACK = frozenset({By.UNDO, By.LEAD})

MOVES: Mapping[Status, Mapping[Status, frozenset[By]]] = {
    Status.RECEIVED: {
        Status.APPROVED: _VERDICT,
        Status.REJECTED: _VERDICT,
        Status.NEEDS_RESUBMISSION: _VERDICT,
        Status.PENDING_REVIEW: frozenset({By.SYSTEM}),
    },
    Status.PENDING_REVIEW: {
        Status.APPROVED: _VERDICT,
        Status.REJECTED: _VERDICT,
        Status.NEEDS_RESUBMISSION: _VERDICT,
    },
    Status.NEEDS_RESUBMISSION: {
        # The entrant was promised time: only the clock says that it is over.
        Status.REJECTED: frozenset({By.SYSTEM}),
        Status.PENDING_REVIEW: _BACK,
        Status.NEEDS_RESUBMISSION: frozenset({By.ANEW}),
    },
    Status.APPROVED: {
        Status.REVOKED: frozenset({By.LEAD}),
        Status.PENDING_REVIEW: _BACK | {By.SYSTEM},
    },
    Status.REJECTED: {Status.PENDING_REVIEW: _BACK},
    Status.INVALID: {
        # By the system, where a photo that it was refused for is no other entry's.
        Status.PENDING_REVIEW: frozenset({By.LEAD, By.SYSTEM}),
    },
    Status.REVOKED: {},
    Status.WITHDRAWN: {},
}


def may_move(before: Status, after: Status, *, by: By) -> bool:
    """Tell whether a submission may go from one status to another in this right."""
    return by in MOVES[before].get(after, frozenset())
