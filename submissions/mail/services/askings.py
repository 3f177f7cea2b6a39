"""Whether a mail that asks for a photo went out: the time for the photo begins with it."""

from datetime import datetime
from enum import Enum

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from campaigns.setup.models import Campaign
from ingest_lambda.contract import SubmissionStatus
from submissions.mail.models import Mail, MailCopy
from submissions.mail.rules.mails import (
    ASKED_WITHIN,
    ASKS_FOR_A_PHOTO,
    WENT_OUT,
    MailKind,
    MailState,
)
from submissions.mirror.models import Submission


class Asked(Enum):
    """What is known of the mails that ask for a photo."""

    YES = "yes"
    """One went out, may have, or was kept from its mailbox for that one's sake."""
    NO = "no"
    """It waits, or it failed."""
    SENDING = "sending"
    """It is on its way just now."""
    NO_MAIL = "no mail"


def asked(submission: Submission) -> Asked:
    """Tell whether the entrant was sent the last question for a photo."""
    mails = Mail.objects.filter(
        submission=submission, decision_no=submission.decision_no, kind__in=ASKS_FOR_A_PHOTO
    )
    found = list(mails.values_list("kind", "state"))
    if not found:
        return Asked.NO_MAIL
    if any(state == MailState.SENDING for _, state in found):
        return Asked.SENDING
    if any(kind == MailKind.REMINDER and state in WENT_OUT for kind, state in found):
        return Asked.YES
    never_sent = _never_sent(mails.filter(kind=MailKind.ASKED_AGAIN))
    return Asked.NO if never_sent.exists() else Asked.YES


def held_up(*, at: datetime) -> QuerySet[Submission]:
    """Return the entries whose question for a photo waits longer than :data:`ASKED_WITHIN`, the oldest first."""
    waiting = Mail.objects.filter(
        # Named, so that the index of queued mails is used.
        campaign__in=list(Campaign.objects.values_list("pk", flat=True)),
        state=MailState.QUEUED,
        kind=MailKind.ASKED_AGAIN,
        decision_no=F("submission__decision_no"),
        submission__status=SubmissionStatus.NEEDS_RESUBMISSION,
        submission__decided_at__lte=at - ASKED_WITHIN,
    )
    rows = Submission.objects.filter(pk__in=_never_sent(waiting).values("submission"))
    return rows.order_by("decided_at", "pk")


def waits_for_its_deadline(mail: Mail, *, at: datetime) -> bool:
    """Tell whether a queued mail asks for a photo so late that its deadline has to be moved first."""
    submission = mail.submission
    return (
        mail.kind == MailKind.ASKED_AGAIN
        and mail.decision_no == submission.decision_no
        and submission.status == SubmissionStatus.NEEDS_RESUBMISSION
        and submission.decided_at is not None
        and submission.decided_at <= at - ASKED_WITHIN
        and _never_sent(Mail.objects.filter(pk=mail.pk)).exists()
    )


def _never_sent(mails: QuerySet[Mail]) -> QuerySet[Mail]:
    """Return those that failed, or wait and were not sent before; of what may have gone out there is a copy."""
    copies = MailCopy.objects.filter(mail=OuterRef("pk"))
    return mails.filter(Q(state=MailState.FAILED) | Q(~Exists(copies), state=MailState.QUEUED))
