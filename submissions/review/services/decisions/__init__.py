"""Decisions on submissions: numbered under the row's lock, carried by the outbox.

Which are possible from where, and in whose right, is one table:
:mod:`submissions.review.rules.moves`.
"""

from submissions.review.services.decisions.deciding import may_undo
from submissions.review.services.decisions.errors import (
    AlreadyDecided,
    AskedAlready,
    MessageNeeded,
    NoteNeeded,
    ReasonsNeeded,
    TooLateToUndo,
)
from submissions.review.services.decisions.going_back import (
    reopen_submission,
    revoke_submission,
    undo_decision,
)
from submissions.review.services.decisions.verdicts import (
    approve_submission,
    look_into_refusal,
    reject_submission,
    request_resubmission,
    send_to_review,
)

__all__ = [
    "AlreadyDecided",
    "AskedAlready",
    "MessageNeeded",
    "NoteNeeded",
    "ReasonsNeeded",
    "TooLateToUndo",
    "approve_submission",
    "look_into_refusal",
    "may_undo",
    "reject_submission",
    "reopen_submission",
    "request_resubmission",
    "revoke_submission",
    "send_to_review",
    "undo_decision",
]
