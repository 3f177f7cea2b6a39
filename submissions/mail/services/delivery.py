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

from campaignhub.ingest import IngestBusy
from campaigns.setup.models import Campaign
from campaigns.setup.services.campaign import sender_of
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState
from submissions.mail.rules.notices import ATTEMPT_TAG, attempt_tag
from submissions.mail.rules.refusals import Hold, Outcome, Refusal
from submissions.mail.services.askings import waits_for_its_deadline
from submissions.mail.services.composing import address_of, compose
from submissions.mail.services.copies import drop_copy, keep_copy
from submissions.mail.services.holds import Gate
from submissions.mail.services.limits import held_back, lease
from submissions.mail.services.overtaken import overtaken
from submissions.mail.services.pace import PACE
from submissions.mail.services.prizes import code_of, waits_for_its_win
from submissions.mail.services.sending_errors import SENDING_ERRORS, read_error
from submissions.mail.services.status_link import link_of
from submissions.mirror.models import SubmissionEvent
from submissions.mirror.services.by_campaign import in_turn

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
"""Longer than the mail service may take to answer (``ANYMAIL`` in the settings)."""
ROUND_SECONDS = 40
"""After which a round leaves the rest to the next one. With its last mail it ends before its task's limit,
which would break a mail off in the middle: nobody could say whether it went."""
A_SECOND = timedelta(seconds=1)
"""What the mail service counts its rate by."""
A_MINUTE = timedelta(minutes=1)
"""How long a mail is passed over that waits for a later deadline; the clock moves it every few minutes."""
_NO_CODE = "the code of the prize can't be read now"
LOOKED_AT = 10
"""For each mail that a round may send it looks at so many: a flood to one mailbox keeps nobody else waiting."""


def deliver_mails(*, at: datetime, most: int) -> int:
    """Try up to ``most`` mails that are due, at the configured pace; return how many went out.

    Campaigns take turns, and what is held back or withdrawn takes no other mail's
    place. A round ends after :data:`ROUND_SECONDS`. Each is leased before it is sent. One whose lease ran out was being sent
    when its process died: nobody knows whether it went, so it becomes
    ``unknown`` and a person decides, because two mails are worse than a
    question. The same holds where the mail service took the request and no
    answer came; only what certainly was not sent is tried again.

    Where the service can't be reached, or takes nothing of the account or of a
    sender, mails wait without losing a try, for however long
    (:mod:`submissions.mail.services.holds`). Where we are too fast, the round ends and
    the next ones are slower; at the slowest pace it is a hold as well.
    """
    _give_up_on_the_interrupted(at)
    gate = Gate(at=at)
    if gate.is_shut(at=at):
        return 0
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
            if tried and begun - round_begun >= ROUND_SECONDS:
                break
            campaign = campaigns[campaign_id]
            sender = sender_of(campaign)[1]
            if gate.is_shut(at=at):
                break
            if not gate.is_open_for(sender, at=at):
                continue
            # A lease counts from its own mail: behind a slow service a round outlives the first one's.
            until = at + timedelta(seconds=begun - round_begun) + LEASE
            mail = _take(mail_id, campaign, at, until)
            if mail is None:
                continue
            if not gate.admits(sender, at=at):
                _give_back(mail, at=at)
                continue
            tried += 1
            refusal = _send(mail, connection, at, sender)
            if refusal is None:
                sent += 1
                gate.taken()
                pause = 1 / PACE.per_second - (time.monotonic() - begun)
                time.sleep(max(0.0, pause))
            elif refusal.hold:
                gate.refused(refusal.hold, sender, at=at)
            elif refusal.outcome is Outcome.TOO_FAST:
                if PACE.is_slowest:
                    gate.refused(Hold.THROTTLED, sender, at=at)
                PACE.slower()
                return sent
            if tried == most:
                break
    PACE.faster()
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
    # In the order of the index of what is being sent: in that of the list it reads all mails.
    lost = Mail.objects.filter(state=MailState.SENDING, leased_until__lt=at).order_by(
        "leased_until"
    )
    for mail_id in list(lost.values_list("pk", flat=True)):
        with transaction.atomic():
            # Locked and looked at again: its sender may have noted its outcome this instant.
            if mail := lost.select_for_update().filter(pk=mail_id).first():
                _note(mail, MailState.UNKNOWN, at=at, problem="stopped while sending")


def _take(mail_id: int, campaign: Campaign, at: datetime, leased_until: datetime) -> Mail | None:
    """Lease a mail that may go out and return it; what may not is noted as such."""
    mail = Mail.objects.select_related("submission__personal").get(pk=mail_id)
    mail.submission.campaign = campaign
    if waits_for_its_deadline(mail, at=at):
        Mail.objects.filter(pk=mail.pk, state=MailState.QUEUED).update(not_before=at + A_MINUTE)
        return None
    if waits_for_its_win(mail, at=at):
        Mail.objects.filter(pk=mail.pk, state=MailState.QUEUED).update(not_before=at + A_SECOND)
        return None
    if not lease(mail, at=at, until=leased_until):
        return None
    if why := _withheld(mail, at):
        _note(mail, why[0], at=at, problem=why[1])
        return None
    return mail


def _send(mail: Mail, connection: Any, at: datetime, sender: str) -> Refusal | None:
    """Send a leased mail and note what became of it; return what kept it from going out."""
    try:
        link, code = link_of(mail), code_of(mail)
        message = compose(mail, at=at, link=link, code=code)
        # The copy is for staff: written without the code, since one that is short stands anywhere.
        copied = compose(mail, at=at, link=link) if code else message
        keep_copy(mail, copied, secrets=(link,), at=at)
    except IngestBusy:
        # It keeps its turn and no try: nothing was sent, and the next round asks again.
        _give_back(mail, at=at, problem=_NO_CODE)
        return Refusal(Outcome.HELD, _NO_CODE)
    except Exception:
        # A bug in words or template: this mail is shown as failed, and the others go on
        # at the next round.
        _note(mail, MailState.FAILED, at=at, problem="could not be written")
        raise
    message.connection = connection
    # Comes back with every notice, also where the answer with its own number never came.
    tag = {"Name": ATTEMPT_TAG, "Value": attempt_tag(mail.pk, at)}
    message.esp_extra = {"EmailTags": [tag]}  # type: ignore[attr-defined]
    try:
        message.send()
    except SENDING_ERRORS as exc:
        refusal = read_error(exc, sender=sender)
        _settle(mail, refusal, at)
        return refusal
    status: Any = getattr(message, "anymail_status", None)
    _note(mail, MailState.SENT, at=at, message_id=str(getattr(status, "message_id", "") or ""))
    return None


def _withheld(mail: Mail, at: datetime) -> tuple[MailState, str] | None:
    """Return the outcome of a mail that may not go out, and why."""
    if why := overtaken(mail, at=at):
        return MailState.WITHDRAWN, why
    if not address_of(mail.submission):
        return MailState.SUPPRESSED, "no address that can be written to"
    return held_back(mail, at=at)


def _settle(mail: Mail, refusal: Refusal, at: datetime) -> None:
    # The service's own words may repeat the address: the kind of trouble is all that is kept.
    if refusal.outcome is Outcome.UNKNOWN:
        _note(mail, MailState.UNKNOWN, at=at, problem=refusal.trouble)
        return
    drop_copy(mail)
    if refusal.outcome is Outcome.REFUSED:
        _note(mail, MailState.FAILED, at=at, problem=refusal.trouble)
    else:
        _give_back(mail, at=at, problem=refusal.trouble)


def _give_back(mail: Mail, *, at: datetime, problem: str = "") -> None:
    """Queue a leased mail again that was not at fault: behind the others, and without the loss of a try."""
    later = at + A_SECOND
    _note(mail, MailState.QUEUED, at=at, problem=problem, not_before=later, tries=mail.tries - 1)


EVENTS = {
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
    **more: Any,
) -> None:
    mail.trouble = problem
    mail.leased_until = None
    mail.message_id = message_id[:120] or mail.message_id
    mail.not_before = not_before or mail.not_before
    if state is MailState.SENT:
        mail.sent_at = at
    noted = Mail.objects.filter(
        pk=mail.pk,
        state__in=(MailState.SENDING, MailState.UNKNOWN),
        attempted_at=mail.attempted_at,
    ).update(
        state=state,
        trouble=mail.trouble,
        leased_until=None,
        message_id=mail.message_id,
        not_before=mail.not_before,
        sent_at=mail.sent_at,
        **more,
    )
    if not noted:
        # The service's notice was quicker, and knows more than we do.
        if state is MailState.SENT:
            Mail.objects.filter(pk=mail.pk).update(sent_at=at)
        return
    mail.state = state
    note_event(mail, EVENTS.get(state), at)


def note_event(mail: Mail, kind: str | None, at: datetime, *, attempt: int | None = None) -> None:
    """Add a line to the submission's history; the same of the same attempt (the last) is there once."""
    if kind:
        number = mail.tries if attempt is None else attempt
        of, said = f"{mail.event}:{number}", {"mail": mail.kind, "trouble": mail.trouble}
        line = SubmissionEvent.line(mail.submission_id, kind, of, at=at, **said)
        SubmissionEvent.objects.bulk_create([line], ignore_conflicts=True)
