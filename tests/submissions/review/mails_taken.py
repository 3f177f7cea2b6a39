"""A mail service in memory that works, refuses or breaks as told, and what each mail that it took says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, ClassVar

from botocore.exceptions import ClientError, HTTPClientError
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from ingest_lambda.contract import SubmissionStatus as Status
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MAIL_AFTER, MailKind
from submissions.mail.rules.notices import mail_of_attempt
from submissions.mail.services.copies import read_copy
from submissions.mirror.models import Submission
from submissions.review.services.deciding import undo_time

BACKEND = f"{__name__}.EmailBackend"
WORKS = "works"
HANGS_UP = "takes it and hangs up"
DIES_BEFORE = "we die before it takes the mail"
DIES_AFTER = "we die once it has the mail"
REFUSALS = {
    "busy": ("ServiceUnavailable", 503, ""),
    "too fast": ("TooManyRequestsException", 429, "Maximum sending rate exceeded."),
    "paused": ("SendingPausedException", 400, "paused"),
    "over quota": ("LimitExceededException", 400, "Daily message quota exceeded."),
}
"""Answers after which no mail was taken."""
WAYS = (WORKS, HANGS_UP, DIES_BEFORE, DIES_AFTER, *REFUSALS)


class Died(BaseException):
    """The process of a sender ends here: nothing of it may catch this."""


@dataclass(frozen=True)
class Taken:
    """A mail that the service took."""

    mail: int
    at: datetime
    message_id: str
    attempt: str
    to: str
    subject: str
    text: str


class EmailBackend(BaseEmailBackend):
    """Django's way to the service; one service a process, emptied by :meth:`begin`."""

    way: ClassVar[str] = WORKS
    now: ClassVar[datetime]
    taken: ClassVar[list[Taken]] = []

    @classmethod
    def begin(cls) -> None:
        """Forget what was taken, and work."""
        cls.way, cls.taken = WORKS, []

    def send_messages(self, messages: Sequence[Any]) -> int:
        """Take each message, or fail as :attr:`way` says."""
        for message in messages:
            self._send(message)
        return len(messages)

    def _send(self, message: EmailMultiAlternatives) -> None:
        way, service = self.way, type(self)
        if way in REFUSALS:
            code, status, said = REFUSALS[way]
            error: Any = {
                "Error": {"Code": code, "Message": said},
                "ResponseMetadata": {"HTTPStatusCode": status},
            }
            raise ClientError(error, "SendEmail")
        if way == DIES_BEFORE:
            raise Died
        attempt: str = message.esp_extra["EmailTags"][0]["Value"]  # type: ignore[attr-defined]
        mail = mail_of_attempt(attempt)
        assert mail is not None
        one = Taken(
            mail=mail,
            at=service.now,
            message_id=f"0100-{mail}-{len(service.taken)}",
            attempt=attempt,
            to=message.to[0],
            subject=str(message.subject),
            text=str(message.body),
        )
        service.taken.append(one)
        if way == DIES_AFTER:
            raise Died
        if way == HANGS_UP:
            raise HTTPClientError(error="the line broke")
        message.anymail_status = SimpleNamespace(message_id=one.message_id)  # type: ignore[attr-defined]


def contradiction(taken: Taken, earlier: Sequence[Taken]) -> str:
    """Return what is wrong with a mail that has just been taken; empty where it says what holds.

    ``earlier`` are those that were taken before it, of whichever entry.
    """
    mail = Mail.objects.select_related("submission").get(pk=taken.mail)
    entry: Submission = mail.submission
    kind, status = MailKind(mail.kind), Status(entry.status)
    if entry.reference not in taken.text:
        return "it names another entry"
    told = Mail.objects.filter(submission=entry, pk__in=[one.mail for one in earlier])
    if kind is MailKind.RECEIVED:
        if "counts" in taken.subject and status is not Status.APPROVED:
            return f"it says that an entry counts that is {status}"
        if "review it by" in taken.text and status is not Status.PENDING_REVIEW:
            return f"it promises a review of an entry that is {status}"
        if told.filter(decision_no__isnull=False, attempt__gte=mail.attempt).exists():
            return "it says that an entry came of which a verdict was told"
        if told.filter(attempt__gt=mail.attempt).exists():
            return "it says that an entry came of which an answer was acknowledged"
    elif kind is MailKind.REFUSED:
        if status is not Status.INVALID:
            return f"it says that an entry was refused that is {status}"
    elif kind is MailKind.REMINDER:
        if status is not Status.NEEDS_RESUBMISSION:
            return f"it reminds of a photo an entry that is {status}"
        if entry.resubmit_until is None or taken.at >= entry.resubmit_until:
            return "it reminds of a photo that is not taken any more"
    elif MAIL_AFTER.get(status) is not kind or mail.decision_no != entry.decision_no:
        return f"it tells of verdict {mail.decision_no}, and the entry is {status} by another"
    if mail.decision_no:
        for reason in entry.decision_reasons:
            if reason["message"] not in " ".join(taken.text.split()):
                return f"it lacks the reason {reason['code']}"
    if kind in MAIL_AFTER.values():
        review = entry.reviews.get(decision_no=mail.decision_no)
        if review.actor_id and taken.at < review.at + undo_time():
            return "its verdict can still be taken back"
    copy = mail.copies.get(number=mail.tries)
    if read_copy(copy).subject != taken.subject:
        return "its copy says something else"
    return ""
