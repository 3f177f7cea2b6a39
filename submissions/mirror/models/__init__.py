"""The tables of what the ingest table says, and of the history of each submission."""

from submissions.mirror.models import prefix as prefix  # registers ``__prefix``
from submissions.mirror.models.awards import Award
from submissions.mirror.models.deleted_tests import DeletedTest
from submissions.mirror.models.history import AppendOnly, HistoryIsAppendOnly, SubmissionEvent
from submissions.mirror.models.messages import EntrantMessage
from submissions.mirror.models.submission import (
    PhotoCheck,
    ReceiptImage,
    Submission,
    SubmissionAnswers,
)

__all__ = [
    "AppendOnly",
    "Award",
    "DeletedTest",
    "EntrantMessage",
    "HistoryIsAppendOnly",
    "PhotoCheck",
    "ReceiptImage",
    "Submission",
    "SubmissionAnswers",
    "SubmissionEvent",
]
