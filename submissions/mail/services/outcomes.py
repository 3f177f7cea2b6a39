"""What the mail service tells later: delivered, bounced, complained of."""

from typing import Any

from anymail.signals import EventType
from django.utils import timezone

from campaigns.accounts.tenancy import unscoped
from submissions.mail.rules.mails import MailState
from submissions.mail.services.delivery import note_outcome

_OUTCOMES = {
    EventType.DELIVERED: MailState.DELIVERED,
    EventType.BOUNCED: MailState.BOUNCED,
    EventType.COMPLAINED: MailState.COMPLAINED,
}


def on_tracking_event(*, event: Any, **_: Any) -> None:
    """Take in one notice, as Anymail's webhook hands it over once its secret was right.

    A signal is the only way Anymail has; nothing of ours sends one.
    """
    if outcome := _OUTCOMES.get(event.event_type):
        at = event.timestamp or timezone.now()
        with unscoped("the mail service names a mail, not its client"):
            note_outcome(event.message_id or "", outcome=outcome, at=at)
