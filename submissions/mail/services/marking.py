"""What a person says about a mail whose outcome is not known."""

from datetime import datetime

from django.db import transaction

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState
from submissions.mirror.models import SubmissionEvent


class OutcomeIsKnown(DomainError):
    """Only a mail of unknown outcome is marked by hand; what became of the others is a fact."""


@transaction.atomic
def mark_as_sent(mail_id: int, *, actor: User, at: datetime) -> Mail:
    """Note that a mail of unknown outcome did go out, as ``actor`` has found out.

    Raises:
        OutcomeIsKnown: it is not of unknown outcome (any more).
    """
    mail = (
        Mail.objects.select_for_update(of=("self",))
        .select_related("submission__campaign__client")
        .get(pk=mail_id)
    )
    if mail.state != MailState.UNKNOWN:
        raise OutcomeIsKnown(
            f"This mail is “{MailState(mail.state).label.lower()}”; there is nothing to mark."
        )
    mail.state = MailState.SENT
    mail.sent_at = mail.sent_at or at
    mail.save(update_fields=["state", "sent_at"])
    submission = mail.submission
    SubmissionEvent.objects.create(
        submission_id=submission.pk,
        kind="mail_marked",
        dedupe=f"mail_marked:{mail.event}:{mail.tries}",
        at=at,
        actor=actor,
        detail={"mail": mail.kind},
    )
    audit.record(
        submission,
        "mail.marked_as_sent",
        actor=actor,
        at=at,
        before={"state": MailState.UNKNOWN},
        after={"state": mail.state, "mail": mail.kind},
    )
    return mail
