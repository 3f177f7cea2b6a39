"""What a person does about a mail: sends it again, or notes that it did go out."""

from datetime import datetime

from django.db import transaction

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from submissions.mail.models import Mail
from submissions.mail.rules.mails import (
    ENDS_AN_ADDRESS,
    MOST_A_DAY,
    RESENDABLE,
    MailKind,
    MailState,
)
from submissions.mail.services.composing import address_of
from submissions.mail.services.limits import held_back, mailbox_of
from submissions.mail.services.overtaken import still_holds
from submissions.mirror.models import SubmissionEvent


class MailIsUnderWay(DomainError):
    """A mail that waits to be sent, or is being sent, is not sent again."""


class MailSentMeanwhile(DomainError):
    """Another press, or the sender, tried the mail after this page was shown."""


class MailNoLongerTrue(DomainError):
    """What the mail would say no longer holds."""


class AddressNotWrittenTo(DomainError):
    """The entry has no address that can be written to, or one that sent a mail back or called it spam."""


class MailOverLimit(DomainError):
    """A mail that was over the limit of its mailbox is never sent, or the limit would be none."""


class OutcomeIsKnown(DomainError):
    """Only a mail of unknown outcome is marked by hand; what became of the others is a fact."""


@transaction.atomic
def resend(mail_id: int, *, seen: int, actor: User, at: datetime) -> Mail:
    """Queue a mail once more.

    It is written anew when it goes out, by its entry's own release, with a link
    that works. ``seen`` is how many tries the page showed: of two presses, the
    second is refused, also after the first has been sent.

    Raises:
        MailIsUnderWay, MailSentMeanwhile: it goes out already, or has gone out since.
        MailNoLongerTrue: a later decision or answer made it untrue.
        AddressNotWrittenTo: nothing may go to its address.
        MailOverLimit: its mailbox had had as many as it gets.
    """
    mail = _locked(mail_id)
    if mail.state in (MailState.QUEUED, MailState.SENDING):
        raise MailIsUnderWay("This e-mail is already waiting to be sent. Nothing more was queued.")
    if mail.tries != seen:
        raise MailSentMeanwhile(
            "This e-mail was sent again while this page was open. Nothing more was queued."
        )
    if mail.state == MailState.NOT_SENT:
        raise MailOverLimit(
            f"This e-mail was over the limit for its address ({mail.trouble}), so it can't be sent."
        )
    is_behind = mail.kind == MailKind.RECEIVED and mail.submission.decision_no
    if mail.state not in RESENDABLE or is_behind or not still_holds(mail, at=at):
        raise MailNoLongerTrue(
            "The entry has changed since, so this e-mail is no longer true. "
            "Send the newest e-mail again instead."
        )
    before = mail.state
    if before in ENDS_AN_ADDRESS:
        # Its row will soon name the mailbox that it goes to now.
        mail.suppressed_hash = mail.address_hash
    _check_mailbox(mail, at)
    mail.state, mail.not_before, mail.trouble = MailState.QUEUED, at, ""
    mail.save(update_fields=["state", "not_before", "trouble", "suppressed_hash"])
    _log(mail, "mail.sent_again", before, actor, at)
    line = SubmissionEvent.line
    of = f"{mail.event}:{mail.tries}"
    line(mail.submission_id, "mail_sent_again", of, at=at, actor=actor, mail=mail.kind).save()
    return mail


def _check_mailbox(mail: Mail, at: datetime) -> None:
    """Refuse what the sender would hold back later, when nobody looks."""
    address = address_of(mail.submission)
    if not address:
        raise AddressNotWrittenTo(
            "This entry has no e-mail address that we can write to. Contact the entrant another way."
        )
    mailbox = mailbox_of(mail.submission)
    mail.address_hash = mailbox
    held = held_back(mail, at=at)
    if mailbox == mail.suppressed_hash or (held and held[0] is MailState.SUPPRESSED):
        raise AddressNotWrittenTo(
            "We no longer write to this address: it returned an e-mail, or its owner marked one as "
            "spam. Contact the entrant another way and tell them what this e-mail says."
        )
    if held:
        raise MailOverLimit(
            f"This address gets at most {MOST_A_DAY} e-mails a day per campaign, and one that confirms "
            "an entry an hour. Try again later."
        )


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
    return rows.select_related("submission__campaign__client", "submission__personal").get(
        pk=mail_id
    )


def _log(mail: Mail, code: str, before: str, actor: User, at: datetime) -> None:
    after = {"state": mail.state, "mail": mail.kind}
    audit.record(mail.submission, code, actor=actor, at=at, before={"state": before}, after=after)
