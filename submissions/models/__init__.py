"""The tables of what came in."""

from submissions.models.history import Review, SubmissionEvent
from submissions.models.mail import Mail
from submissions.models.outbox import OutboxDecision
from submissions.models.submission import ReceiptImage, Submission, SubmissionAnswers

__all__ = [
    "Mail",
    "OutboxDecision",
    "ReceiptImage",
    "Review",
    "Submission",
    "SubmissionAnswers",
    "SubmissionEvent",
]
