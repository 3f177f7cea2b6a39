"""What a person does about a mail: sends it again, or says that it did go out."""

from datetime import datetime

from django.db import transaction

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState
from submissions.mirror.models import SubmissionEvent


class MailWentOut(DomainError):
    """A mail that may be sent again is one that failed, was held back, or whose outcome is unknown."""


class MailOverLimit(DomainError):
    """A mail that was over the limit of its mailbox is never sent, or the limit would be none."""


class OutcomeIsKnown(DomainError):
    """Only a mail of unknown outcome is marked by hand; what became of the others is a fact."""


@transaction.atomic
def resend(mail_id: int, *, actor: User, at: datetime) -> Mail:
    """Queue a mail once more that failed, was suppressed, or whose outcome is unknown.

    Raises:
        MailWentOut: it went out, or is about to.
        MailOverLimit: its mailbox had had as many as it gets.
    """
    mail = _locked(mail_id)
    if mail.state == MailState.NOT_SENT:
        raise MailOverLimit(
            f"This e-mail was over the limit for its address ({mail.trouble}), so it can't be sent."
        )
    if mail.state not in (MailState.FAILED, MailState.UNKNOWN, MailState.SUPPRESSED):
        raise MailWentOut("This mail went out, or is about to. There is nothing to send again.")
    before = mail.state
    mail.state, mail.not_before, mail.trouble = MailState.QUEUED, at, ""
    mail.save(update_fields=["state", "not_before", "trouble"])
    _log(mail, "mail.sent_again", before, actor, at)
    return mail


@transaction.atomic
def mark_as_sent(mail_id: int, *, actor: User, at: datetime) -> Mail:
    """Note that a mail of unknown outcome did go out, as ``actor`` has found out.

    Raises:
        OutcomeIsKnown: it is not of unknown outcome (any more).
    """
    mail = _locked(mail_id)
    if mail.state != MailState.UNKNOWN:
        raise OutcomeIsKnown(
            f"This mail is “{MailState(mail.state).label.lower()}”; there is nothing to mark."
        )
    mail.state = MailState.SENT
    mail.sent_at = mail.sent_at or at
    mail.save(update_fields=["state", "sent_at"])
    of = f"{mail.event}:{mail.tries}"
    line = SubmissionEvent.line
    line(mail.submission_id, "mail_marked", of, at=at, actor=actor, mail=mail.kind).save()
    _log(mail, "mail.marked_as_sent", MailState.UNKNOWN, actor, at)
    return mail


def _locked(mail_id: int) -> Mail:
    rows = Mail.objects.select_for_update(of=("self",))
    return rows.select_related("submission__campaign__client").get(pk=mail_id)


def _log(mail: Mail, code: str, before: str, actor: User, at: datetime) -> None:
    after = {"state": mail.state, "mail": mail.kind}
    audit.record(mail.submission, code, actor=actor, at=at, before={"state": before}, after=after)
