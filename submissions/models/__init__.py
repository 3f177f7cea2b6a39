"""The tables of what came in."""

from submissions.models import prefix as prefix  # registers ``__prefix``
from submissions.models.desk import ReviewClaim
from submissions.models.files import SubmittedFile
from submissions.models.history import HistoryIsAppendOnly, Review, ReviewPurpose, SubmissionEvent
from submissions.models.later import Award, EntrantMessage
from submissions.models.mail import Mail
from submissions.models.operations import (
    DeletedTest,
    Heartbeat,
    LedgerCheck,
    LedgerRound,
    StuckEntry,
    UnsentRound,
)
from submissions.models.outbox import OutboxDecision
from submissions.models.submission import (
    PhotoCheck,
    ReceiptImage,
    Submission,
    SubmissionAnswers,
)

__all__ = [
    "Award",
    "DeletedTest",
    "EntrantMessage",
    "Heartbeat",
    "HistoryIsAppendOnly",
    "LedgerCheck",
    "LedgerRound",
    "Mail",
    "OutboxDecision",
    "PhotoCheck",
    "ReceiptImage",
    "Review",
    "ReviewClaim",
    "ReviewPurpose",
    "StuckEntry",
    "Submission",
    "SubmissionAnswers",
    "SubmissionEvent",
    "SubmittedFile",
    "UnsentRound",
]
