"""Which mails there are, and what can become of one."""

from enum import StrEnum

from ingest_lambda.contract import SubmissionStatus


class MailKind(StrEnum):
    """The mails of a submission that are on by default."""

    RECEIVED = "received"
    APPROVED = "approved"
    REJECTED = "rejected"
    ASKED_AGAIN = "asked_again"

    @property
    def label(self) -> str:
        """Return the kind as staff read it."""
        return self.value.replace("_", " ").capitalize()


class MailState(StrEnum):
    """The fate of a mail. ``unknown``: we stopped between sending and noting it; a person decides."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"

    @property
    def label(self) -> str:
        """Return the fate as staff read it."""
        return self.value.capitalize()


MAIL_AFTER: dict[SubmissionStatus, MailKind] = {
    SubmissionStatus.APPROVED: MailKind.APPROVED,
    SubmissionStatus.REJECTED: MailKind.REJECTED,
    SubmissionStatus.NEEDS_RESUBMISSION: MailKind.ASKED_AGAIN,
}
"""The mail that follows a decision, once the table has it."""
