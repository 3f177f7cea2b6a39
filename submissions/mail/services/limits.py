"""How much one mailbox is sent: a mail at a time, one that says "received" an hour, five in all a day."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from campaignhub import ingest
from submissions.mail.models import Mail, MailCopy
from submissions.mail.rules.mails import (
    A_DAY,
    AN_HOUR,
    ENDS_AN_ADDRESS,
    MOST_A_DAY,
    WENT_OUT,
    MailKind,
    MailState,
    NotSent,
)
from submissions.mail.services.composing import address_of
from submissions.mirror.models import Submission

BUSY_WAIT = timedelta(seconds=30)
"""How long a mail waits that finds another on its way to the same mailbox."""


def lease(mail: Mail, *, at: datetime, until: datetime) -> bool:
    """Take a queued mail for sending, until ``until``; tell whether it is ours now.

    A unique index allows one mail at a time on its way to a mailbox. So what is
    counted afterwards (:func:`held_back`) is complete: of two processes with a
    mail each for one mailbox, the second waits until the first one's outcome is
    known.
    """
    mail.address_hash = mailbox_of(mail.submission)
    mail.state, mail.leased_until, mail.attempted_at = MailState.SENDING, until, at
    mail.tries += 1
    # What the service tells of an earlier attempt is no news of this one.
    mail.message_id = ""
    # By its tries as well: another process may have had it, and given it back, since it was read.
    queued = Mail.objects.filter(pk=mail.pk, state=MailState.QUEUED, tries=mail.tries - 1)
    try:
        with transaction.atomic():
            taken = queued.update(
                state=mail.state,
                leased_until=mail.leased_until,
                attempted_at=mail.attempted_at,
                tries=F("tries") + 1,
                message_id="",
                address_hash=mail.address_hash,
            )
    except IntegrityError:
        queued.update(not_before=at + BUSY_WAIT)
        return False
    return bool(taken)


def mailbox_of(submission: Submission) -> str:
    """Return the keyed hash of the mailbox that a submission's mails go to; empty where there is none."""
    return mailbox_hash(submission, address_of(submission))


def mailbox_hash(submission: Submission, address: str) -> str:
    """Return the keyed hash of a mailbox in the campaign of a submission; empty where there is none."""
    campaign = submission.campaign
    known_as = campaign.test_id if submission.is_test else campaign.pk
    return ingest.mailbox_hash(str(known_as), address) if address else ""


def held_back(mail: Mail, *, at: datetime) -> tuple[MailState, str] | None:
    """Return the outcome of a leased mail that its mailbox may not get, and why.

    What may have gone out counts each time, whatever became of it; what certainly
    did not is no mail.
    """
    # The index leaves out what has no mailbox, and SQLite uses it only where that is said.
    others = Mail.objects.filter(
        ~Q(address_hash=""), address_hash=mail.address_hash, state__in=WENT_OUT
    ).exclude(pk=mail.pk)
    # Counted here, since most mailboxes have had none: three conditional counts cost the worker
    # a tenth of a mail. The limits themselves bound how many rows there are.
    before = list(others.values_list("state", "kind", "attempted_at", "pk"))
    is_refused = any(state in ENDS_AN_ADDRESS for state, *_ in before)
    if is_refused or _was_refused_since(mail.address_hash):
        return MailState.SUPPRESSED, "an earlier mail bounced, or was complained of"
    today = [(kind, tried, pk) for _, kind, tried, pk in before if tried and tried > at - A_DAY]
    received = any(kind == MailKind.RECEIVED and tried > at - AN_HOUR for kind, tried, _ in today)
    if mail.kind == MailKind.RECEIVED and received:
        return MailState.NOT_SENT, NotSent.ONE_AN_HOUR
    times = len(today)
    if before or mail.tries > 1:
        # A mail that was sent again went out several times, with a copy of each.
        again = MailCopy.objects.filter(mail__in=[mail.pk, *(pk for _, _, pk in today)])
        times = max(times, again.filter(sent_at__gt=at - A_DAY).count())
    if mail.kind == MailKind.PRIZE_WON:
        # What was won is owed, and there are no more of these than units in stock.
        return None
    return (MailState.NOT_SENT, NotSent.FIVE_A_DAY) if times >= MOST_A_DAY else None


def _was_refused_since(address_hash: str) -> bool:
    """Tell whether a mailbox refused a mail that has been sent again since, to it or to another one."""
    found = Mail.objects.filter(~Q(suppressed_hash=""), suppressed_hash=address_hash)
    return bool(address_hash) and found.exists()
