"""What the mail service tells later, by its webhook or its queue, noted beside the mail."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from campaigns.accounts.tenancy import unscoped
from submissions.mail.models import Mail
from submissions.mail.rules.mails import ENDS_AN_ADDRESS, MailState
from submissions.mail.rules.notices import (
    MailNotice,
    NoNotice,
    NoticeRule,
    attempt_tag,
    mail_of_attempt,
    read_message,
    read_notice,
    rule_of,
    says_more,
    state_after,
)
from submissions.mail.services.copies import read_copy
from submissions.mail.services.delivery import EVENTS, note_event
from submissions.mail.services.limits import mailbox_hash

logger = logging.getLogger(__name__)
OLDEST = timedelta(days=31)
"""A queue keeps a notice for two weeks; of an older moment nothing tells any more."""


def on_tracking_event(*, event: Any, **_: Any) -> None:
    """Take in one notice, as Anymail's webhook hands it over once its secret was right.

    A signal is the only way Anymail has; nothing of ours sends one.
    """
    try:
        notice = read_notice(event.esp_event)
    except NoNotice as error:
        logger.warning("mails: the webhook was sent what is no notice (%s)", error)
        return
    with unscoped("the mail service names a mail, not its client"):
        note_notice(notice, at=timezone.now())


def note_message(body: str, *, at: datetime) -> bool:
    """Note what a message of the notices' queue says; tell whether that changed anything.

    Raises:
        NoNotice: it says nothing that can be read.
    """
    notice = read_message(body)
    return notice is not None and note_notice(notice, at=at)


@transaction.atomic
def note_notice(notice: MailNotice, *, at: datetime) -> bool:
    """Note what the mail service says of a mail; ``False`` where it is none of ours, or no news.

    Notices come twice and out of order, and the first of them may be quicker than
    the answer to the request that sent the mail: such a mail is found by its
    attempt. One that we gave up as unknown is known again. What is told of an
    attempt before the last ends its mailbox, where it does, and nothing else.
    """
    rule = rule_of(notice)
    if rule.state is None and not rule.trouble:
        return False
    mail = _mail_of(notice)
    # A moment that can't be is none: in the year 1 no screen could show it in its campaign's zone.
    happened_at = notice.at if notice.at and at - OLDEST < notice.at < at else at
    if mail is None:
        return _note_earlier_attempt(notice, rule, happened_at)
    before = MailState(mail.state)
    after = state_after(before, rule)
    changed: dict[str, Any] = {}
    if after is not before:
        changed = {"state": after, "outcome_at": happened_at, "leased_until": None}
        changed["sent_at"] = mail.sent_at or happened_at
        changed["trouble"] = rule.trouble
    elif says_more(before, rule):
        changed = {"trouble": rule.trouble}
    if not changed and before not in ENDS_AN_ADDRESS:
        # It is queued again, or was over when the notice came.
        return _suppress(mail, mail.address_hash, mail.tries, rule, happened_at)
    if not changed:
        return False
    _write(mail, {**changed, "message_id": notice.message_id})
    note_event(mail, EVENTS[after] if after is not before else "mail_delayed", happened_at)
    return True


def _mail_of(notice: MailNotice) -> Mail | None:
    """Return the mail that a notice is about, locked: by what SES calls it, else by its attempt."""
    rows = Mail.objects.select_for_update()
    # The index leaves out what has no number yet, and SQLite uses it only where that is said.
    named = rows.filter(~Q(message_id=""), message_id=notice.message_id)
    if notice.message_id and (found := named.first()):
        return found
    if (mail_id := mail_of_attempt(notice.attempt)) is None:
        return None
    # By its key alone: its sender may be noting this very number just now, and a condition on
    # what that changes would find no row once its lock is given.
    mail = rows.filter(pk=mail_id).first()
    if mail is None or mail.attempted_at is None:
        return None
    if mail.message_id not in ("", notice.message_id):
        return None
    return mail if attempt_tag(mail.pk, mail.attempted_at) == notice.attempt else None


def _note_earlier_attempt(notice: MailNotice, rule: NoticeRule, at: datetime) -> bool:
    """Note that a mailbox refused an attempt after which its mail was sent again, maybe elsewhere."""
    mail_id = mail_of_attempt(notice.attempt)
    mail = Mail.objects.select_for_update().filter(pk=mail_id).first() if mail_id else None
    if mail is None or rule.state not in ENDS_AN_ADDRESS:
        return False
    for copy in mail.copies.all():
        if attempt_tag(mail.pk, copy.sent_at) == notice.attempt:
            mailbox = mailbox_hash(mail.submission, read_copy(copy).to)
            return _suppress(mail, mailbox, copy.number, rule, at)
    return False


def _suppress(mail: Mail, mailbox: str, attempt: int, rule: NoticeRule, at: datetime) -> bool:
    """Write no more to a mailbox that refused an attempt of this mail; ``False`` where that is no news."""
    if rule.state not in ENDS_AN_ADDRESS or not mailbox or mail.suppressed_hash == mailbox:
        return False
    _write(mail, {"suppressed_hash": mailbox})
    note_event(mail, EVENTS[rule.state], at, attempt=attempt)
    return True


def _write(mail: Mail, changed: Mapping[str, Any]) -> None:
    for name, value in changed.items():
        setattr(mail, name, value)
    mail.save(update_fields=list(changed))
