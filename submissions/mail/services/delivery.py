"""Mails: at most one per event, each with its outcome; never sent twice in silence."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import Q

from campaignhub.env import env
from campaigns.setup.models import Campaign
from ingest_lambda.contract import SubmissionStatus
from submissions.mail.models import Mail
from submissions.mail.rules.mails import OUTCOMES, MailKind, MailState, is_still_true
from submissions.mail.services.composing import address_of, compose
from submissions.mail.services.copies import drop_copy, keep_copy
from submissions.mail.services.limits import held_back, lease
from submissions.mail.services.sending_errors import SENDING_ERRORS, Outcome, outcome_of
from submissions.mail.services.status_link import link_of
from submissions.mirror.models import Submission, SubmissionEvent
from submissions.mirror.services.by_campaign import in_turn

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
"""Longer than the mail service may take to answer (``ANYMAIL`` in the settings)."""
MOST_TRIES = 8
"""The waits between them double from half a minute: about an hour in all."""
LOOKED_AT = 10
"""For each mail that a round may send it looks at so many: a flood to one mailbox keeps nobody else waiting."""


def deliver_mails(*, at: datetime, most: int) -> int:
    """Try up to ``most`` mails that are due, at the configured pace; return how many went out.

    Campaigns take turns, and what is held back or withdrawn takes no other mail's
    place. Each is leased before it is sent. One whose lease ran out was being sent
    when its process died: nobody knows whether it went, so it becomes
    ``unknown`` and a person decides, because two mails are worse than a
    question. The same holds where the mail service took the request and no
    answer came; only what certainly was not sent is tried again.
    """
    _give_up_on_the_interrupted(at)
    due = in_turn(
        Mail.objects.filter(state=MailState.QUEUED),
        due=Q(not_before__lte=at),
        order=("not_before", "id"),
        most=most * LOOKED_AT,
    )
    if not due:
        return 0
    # Thousands of mails are of a few campaigns, which carry every text in every language.
    campaigns = (
        Campaign.objects.select_related("client")
        .prefetch_related("client__sender_identities")
        .in_bulk({of for _, of in due})
    )
    tried, sent, round_begun = 0, 0, time.monotonic()
    with _connection() as connection:
        for mail_id, campaign_id in due:
            begun = time.monotonic()
            # A lease counts from its own mail: behind a slow service a round outlives the first one's.
            until = at + timedelta(seconds=begun - round_begun) + LEASE
            mail = _take(mail_id, campaigns[campaign_id], at, until)
            if mail is None:
                continue
            tried += 1
            if _send(mail, connection, at):
                sent += 1
                pause = 1 / env().mails_per_second - (time.monotonic() - begun)
                time.sleep(max(0.0, pause))
            if tried == most:
                break
    return sent


@contextmanager
def _connection() -> Iterator[Any]:
    """Open the mail service once for a round: a client of its own for each mail costs 50 ms."""
    connection = get_connection()
    connection.open()
    try:
        yield connection
    finally:
        connection.close()


def _give_up_on_the_interrupted(at: datetime) -> None:
    lost = Mail.objects.filter(state=MailState.SENDING, leased_until__lt=at)
    for mail_id in list(lost.values_list("pk", flat=True)):
        with transaction.atomic():
            # Locked and looked at again: its sender may have noted its outcome this instant.
            if mail := lost.select_for_update().filter(pk=mail_id).first():
                _note(mail, MailState.UNKNOWN, at=at, problem="stopped while sending")


def _take(mail_id: int, campaign: Campaign, at: datetime, leased_until: datetime) -> Mail | None:
    """Lease a mail that may go out and return it; what may not is noted as such."""
    mail = Mail.objects.select_related("submission__personal").get(pk=mail_id)
    mail.submission.campaign = campaign
    if not lease(mail, at=at, until=leased_until):
        return None
    if why := _withheld(mail, at):
        _note(mail, why[0], at=at, problem=why[1])
        return None
    return mail


def _send(mail: Mail, connection: Any, at: datetime) -> bool:
    """Send a leased mail and note what became of it; tell whether it went out."""
    try:
        link = link_of(mail)
        message = compose(mail, at=at, link=link)
        keep_copy(mail, message, secrets=(link,), at=at)
    except Exception:
        # A bug in words or template: this mail is shown as failed, and the others go on
        # at the next round.
        _note(mail, MailState.FAILED, at=at, problem="could not be written")
        raise
    message.connection = connection
    try:
        message.send()
    except SENDING_ERRORS as exc:
        _settle(mail, exc, at)
        return False
    status: Any = getattr(message, "anymail_status", None)
    _note(mail, MailState.SENT, at=at, message_id=str(getattr(status, "message_id", "") or ""))
    return True


def _withheld(mail: Mail, at: datetime) -> tuple[MailState, str] | None:
    """Return the outcome of a mail that may not go out, and why."""
    submission = mail.submission
    if not is_still_true(
        MailKind(mail.kind),
        decision_no=mail.decision_no,
        last_decision_no=submission.decision_no,
        status=SubmissionStatus(submission.status),
    ):
        return MailState.WITHDRAWN, "no longer true"
    if mail.kind == MailKind.REFUSED and _was_taken_later(submission):
        return MailState.WITHDRAWN, "they sent it again, and it was taken"
    if not address_of(submission):
        return MailState.SUPPRESSED, "no address that can be written to"
    return held_back(mail, at=at)


def _was_taken_later(submission: Submission) -> bool:
    """Tell whether the person of a refused submission has sent one since that was not refused."""
    later = Submission.objects.filter(
        # The index leaves out who is not known, and SQLite uses it only where that is said.
        ~Q(person_hash=""),
        person_hash=submission.person_hash,
        campaign=submission.campaign_id,
        entered_at__gt=submission.entered_at,
    )
    return later.exclude(status=SubmissionStatus.INVALID).exists()


def _settle(mail: Mail, error: Exception, at: datetime) -> None:
    # The service's own words may repeat the address: the kind of trouble is all that is kept.
    outcome, trouble = outcome_of(error)
    if outcome is not Outcome.UNKNOWN:
        drop_copy(mail)
    tries = mail.tries - mail.tries_before
    if outcome is Outcome.NOT_SENT and tries < MOST_TRIES:
        wait = timedelta(seconds=15 * 2**tries)
        _note(mail, MailState.QUEUED, at=at, problem=trouble, not_before=at + wait)
    elif outcome is Outcome.UNKNOWN:
        _note(mail, MailState.UNKNOWN, at=at, problem=trouble)
    else:
        _note(mail, MailState.FAILED, at=at, problem=trouble)


_EVENTS = {
    MailState.SENT: "mailed",
    MailState.DELIVERED: "mail_delivered",
    MailState.BOUNCED: "mail_bounced",
    MailState.COMPLAINED: "mail_complained",
    MailState.FAILED: "mail_failed",
    MailState.UNKNOWN: "mail_unknown",
    MailState.SUPPRESSED: "mail_suppressed",
    MailState.NOT_SENT: "mail_not_sent",
}
"""The outcomes that get a line in the submission's history."""


@transaction.atomic
def _note(
    mail: Mail,
    state: MailState,
    *,
    at: datetime,
    problem: str = "",
    message_id: str = "",
    not_before: datetime | None = None,
) -> None:
    mail.state = state
    mail.trouble = problem
    mail.leased_until = None
    mail.message_id = message_id[:120] or mail.message_id
    mail.not_before = not_before or mail.not_before
    if state is MailState.SENT:
        mail.sent_at = at
    mail.save(
        update_fields=[
            "state",
            "trouble",
            "leased_until",
            "message_id",
            "not_before",
            "sent_at",
        ]
    )
    _note_event(mail, _EVENTS.get(state), at)


def _note_event(mail: Mail, kind: str | None, at: datetime) -> None:
    if kind:
        of, said = f"{mail.event}:{mail.tries}", {"mail": mail.kind, "trouble": mail.trouble}
        line = SubmissionEvent.line(mail.submission_id, kind, of, at=at, **said)
        SubmissionEvent.objects.bulk_create([line], ignore_conflicts=True)


@transaction.atomic
def note_outcome(message_id: str, *, outcome: MailState, at: datetime) -> bool:
    """Note what the mail service says became of a mail; ``False`` where it is none of ours, or no news.

    Word of it may come twice and out of order: a complaint outlives a bounce,
    a bounce outlives a delivery.
    """
    order = [MailState.SENT, MailState.DELIVERED, MailState.BOUNCED, MailState.COMPLAINED]
    if outcome not in OUTCOMES or not message_id:
        return False
    mail = Mail.objects.select_for_update().filter(message_id=message_id).first()
    if mail is None or mail.state not in order[: order.index(outcome)]:
        return False
    mail.state, mail.outcome_at = outcome, at
    mail.save(update_fields=["state", "outcome_at"])
    _note_event(mail, _EVENTS[outcome], at)
    return True


@transaction.atomic
def note_delay(message_id: str, *, why: str, at: datetime) -> bool:
    """Note that a mail was sent back for now; ``False`` where it is none of ours, or its outcome is known.

    Its address stays one that is written to. The same notice twice is one line.
    """
    if not message_id:
        return False
    mail = Mail.objects.select_for_update().filter(message_id=message_id).first()
    if mail is None or mail.state not in (MailState.SENT, MailState.UNKNOWN):
        return False
    mail.trouble = why
    mail.save(update_fields=["trouble"])
    _note_event(mail, "mail_delayed", at)
    return True
