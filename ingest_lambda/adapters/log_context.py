"""Which submission the log lines of this thread are about: the field ``submission_id`` of each."""

import logging
from contextvars import ContextVar
from uuid import UUID

# Of this thread only: the writer handles several submissions at once.
_about: ContextVar[UUID | None] = ContextVar("submission_id", default=None)


def log_about(submission_id: UUID | None) -> None:
    """Let the lines that follow in this thread name a submission; with ``None`` they name none."""
    _about.set(submission_id)


def name_submission(record: logging.LogRecord) -> bool:
    """Write the submission into a log record: a filter for handlers, which lets every line pass."""
    if (about := _about.get()) is not None:
        record.submission_id = str(about)
    return True
