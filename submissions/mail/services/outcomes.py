"""What the mail service tells later: delivered, bounced, complained of."""

from collections.abc import Mapping
from typing import Any

from anymail.signals import EventType
from django.utils import timezone

from campaigns.accounts.tenancy import unscoped
from submissions.mail.rules.mails import MailState
from submissions.mail.services.delivery import note_delay, note_outcome

_OUTCOMES = {
    EventType.DELIVERED: MailState.DELIVERED,
    EventType.BOUNCED: MailState.BOUNCED,
    EventType.COMPLAINED: MailState.COMPLAINED,
}
_FOR_NOW: Mapping[str, str] = {
    "MailboxFull": "the mailbox is full",
    "MessageTooLarge": "it is too large for the mailbox",
    "ContentRejected": "its content was refused",
    "AttachmentRejected": "its picture was refused",
}
_ELSE = "an absence note, or passing trouble"


def on_tracking_event(*, event: Any, **_: Any) -> None:
    """Take in one notice, as Anymail's webhook hands it over once its secret was right.

    A signal is the only way Anymail has; nothing of ours sends one. A bounce
    that SES does not call permanent says nothing about the address: somebody is
    away or their mailbox is full, and the next mail may arrive.
    (https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types)
    """
    outcome = _OUTCOMES.get(event.event_type)
    if outcome is None:
        return
    bounce = (event.esp_event or {}).get("bounce") or {}
    message_id, at = event.message_id or "", event.timestamp or timezone.now()
    with unscoped("the mail service names a mail, not its client"):
        if outcome is MailState.BOUNCED and bounce.get("bounceType") != "Permanent":
            why = _FOR_NOW.get(str(bounce.get("bounceSubType")), _ELSE)
            note_delay(message_id, why=why, at=at)
        else:
            note_outcome(message_id, outcome=outcome, at=at)
