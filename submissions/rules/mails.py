"""Which mails there are, when each goes out, and what can become of one."""

from datetime import timedelta
from enum import StrEnum

from ingest_lambda.contract import SubmissionStatus


class MailKind(StrEnum):
    """The mails of a submission that are on by default."""

    RECEIVED = "received"
    APPROVED = "approved"
    REJECTED = "rejected"
    ASKED_AGAIN = "asked_again"
    REMINDER = "reminder"

    @property
    def label(self) -> str:
        """Return the kind as staff read it."""
        return self.value.replace("_", " ").capitalize()


class MailState(StrEnum):
    """The fate of a mail.

    ``unknown``: we stopped between sending and noting it; a person decides.
    ``withdrawn``: what it would have said was taken back or answered before it went.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """Return the fate as staff read it."""
        return self.value.capitalize()


WENT_OUT = frozenset(
    {
        MailState.SENT,
        MailState.DELIVERED,
        MailState.BOUNCED,
        MailState.COMPLAINED,
        MailState.UNKNOWN,
    }
)
"""Fates after which it reached, or may have reached, the mail service."""

FATES = frozenset({MailState.DELIVERED, MailState.BOUNCED, MailState.COMPLAINED})
"""What the mail service tells later about a mail that went out."""

MAIL_AFTER: dict[SubmissionStatus, MailKind] = {
    SubmissionStatus.APPROVED: MailKind.APPROVED,
    SubmissionStatus.REJECTED: MailKind.REJECTED,
    SubmissionStatus.NEEDS_RESUBMISSION: MailKind.ASKED_AGAIN,
}
"""The mail that follows a decision, once the table has it."""

UNDO = timedelta(minutes=1)
"""How long a verdict's mail is held back, so that taking it back at the desk leaves no trace."""

REMIND_BEFORE = timedelta(hours=24)
"""How long before the deadline an unanswered question is asked once more."""
