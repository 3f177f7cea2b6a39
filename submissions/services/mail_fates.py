"""What the mail service tells later: delivered, bounced, complained of."""

from typing import Any

from anymail.signals import EventType
from django.utils import timezone

from submissions.rules.mails import MailState
from submissions.services.mails import note_fate

_FATES = {
    EventType.DELIVERED: MailState.DELIVERED,
    EventType.BOUNCED: MailState.BOUNCED,
    EventType.COMPLAINED: MailState.COMPLAINED,
}


def hear(*, event: Any, **_: Any) -> None:
    """Take in one notice, as Anymail's webhook hands it over once its secret was right.

    A signal is the only way Anymail has; nothing of ours sends one.
    """
    if fate := _FATES.get(event.event_type):
        note_fate(event.message_id or "", fate=fate, at=event.timestamp or timezone.now())
