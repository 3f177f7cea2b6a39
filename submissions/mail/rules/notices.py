"""What the mail service tells later about a mail, and which state follows from it.

The notices are Amazon SES's events, as a configuration set publishes them to SNS.
Their shapes and types are documented at
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
and the types of bounces at
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types.
SES promises neither an order nor one copy of each, and may add types and fields.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from submissions.mail.rules.mails import MailState

LARGEST_CHARS = 262_144
"""The most that SNS and SQS carry in one message."""
ATTEMPT_TAG = "mail"
"""The tag of a mail that names the attempt it was sent by: :func:`attempt_tag`."""

_SECTIONS = {
    "Bounce": "bounce",
    "Complaint": "complaint",
    "Delivery": "delivery",
    "DeliveryDelay": "deliveryDelay",
    "Reject": "reject",
    "Rendering Failure": "failure",
}
"""The key under which a notice of a type has its details."""
_TYPE = re.compile(r"[A-Za-z][A-Za-z ]{0,39}")
_ID = re.compile(r"[\x21-\x7e]{1,120}")
"""SES's names of mails, far within what a column holds; PostgreSQL breaks off at NUL or half a surrogate pair."""
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{0,59}")
_HOUSEKEEPING = "Successfully validated SNS topic for Amazon SES event publishing."
"""What SES itself writes to a topic that was just named."""


class NoNotice(ValueError):
    """What was read has no shape of a notice; what stood in it is not quoted."""


@dataclass(frozen=True)
class MailNotice:
    """One notice: what happened to which mail. Nothing in it is personal."""

    event: str
    """SES's own type, such as ``Bounce``."""
    message_id: str
    """What SES answered with when it took the mail."""
    attempt: str = ""
    """Of :data:`ATTEMPT_TAG`; empty where the notice carries no tags."""
    part: str = ""
    """The type within the type: ``bounceType``, ``complaintFeedbackType`` or ``delayType``."""
    sub_part: str = ""
    """``bounceSubType`` or ``complaintSubType``."""
    at: datetime | None = None
    """When it happened, by SES's clock."""


@dataclass(frozen=True)
class NoticeRule:
    """What follows from a notice."""

    state: MailState | None
    """The state it leads to; ``None`` leaves the state as it is."""
    trouble: str = ""
    """What is noted beside the mail."""


def attempt_tag(mail_id: int, attempted_at: datetime) -> str:
    """Name one attempt to send a mail, in the characters that SES takes in a tag."""
    return f"{mail_id}-{int(attempted_at.timestamp() * 1000)}"


def mail_of_attempt(attempt: str) -> int | None:
    """Return the mail that an attempt names, or ``None`` where it names none."""
    found = re.fullmatch(r"([0-9]{1,18})-[0-9]{1,18}", attempt, re.ASCII)
    return int(found[1]) if found else None


def read_message(body: str) -> MailNotice | None:
    """Read a message of the queue: a notice, raw or in SNS's envelope; ``None`` for what tells of no mail.

    Raises:
        NoNotice: it is larger than a queue carries, or of no shape that SES or SNS sends.
    """
    if body == _HOUSEKEEPING:
        return None
    content = _loaded(body)
    if not isinstance(content, dict):
        raise NoNotice("not an object")
    if "Type" in content and "Message" in content and "mail" not in content:
        if content["Type"] != "Notification":
            return None  # SNS's own about the subscription
        if content["Message"] == _HOUSEKEEPING:
            return None
        if not isinstance(content["Message"], str):
            raise NoNotice("an envelope of no shape")
        content = _loaded(content["Message"])
    return read_notice(content)


def _loaded(text: str) -> Any:
    if len(text) > LARGEST_CHARS:
        raise NoNotice("larger than any notice")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise NoNotice("not JSON") from None


def read_notice(content: Any) -> MailNotice:
    """Read a notice that was taken out of its JSON.

    Raises:
        NoNotice: it lacks what every notice has, or has it in another shape.
    """
    if not isinstance(content, dict):
        raise NoNotice("not an object")
    event = content.get("eventType", content.get("notificationType"))
    mail = content.get("mail")
    if not isinstance(event, str) or not _TYPE.fullmatch(event):
        raise NoNotice("no type of a notice")
    if not isinstance(mail, dict) or not _ID.fullmatch(_text(mail.get("messageId"))):
        raise NoNotice("no mail")
    section = content.get(_SECTIONS.get(event, ""), {})
    if not isinstance(section, dict):
        raise NoNotice("details of no shape")
    return MailNotice(
        event=event,
        message_id=mail["messageId"],
        attempt=_tag(mail.get("tags")),
        part=_word(section, "bounceType", "complaintFeedbackType", "delayType"),
        sub_part=_word(section, "bounceSubType", "complaintSubType"),
        at=_time(section.get("timestamp")),
    )


def _tag(tags: Any) -> str:
    values = tags.get(ATTEMPT_TAG) if isinstance(tags, dict) else None
    return _text(values[0]) if isinstance(values, list) and values else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _word(section: Mapping[str, Any], *names: str) -> str:
    words = (section.get(name) for name in names)
    return next((word for word in words if isinstance(word, str) and _WORD.fullmatch(word)), "")


def _time(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (TypeError, ValueError, OverflowError):  # at the ends of the calendar no zone is added
        return None


_FOR_NOW: Mapping[str, str] = {
    "MailboxFull": "the mailbox is full",
    "MessageTooLarge": "it is too large for the mailbox",
    "ContentRejected": "its content was refused",
    "AttachmentRejected": "its picture was refused",
    "CustomTimeoutExceeded": "the mailbox didn't take it in time",
}
_ELSE = "an absence note, or passing trouble"
_DELAYS: Mapping[str, str] = {
    "MailboxFull": "the mailbox is full; it is tried again",
    "SpamDetected": "the provider takes it for spam; it is tried again",
}
_LATER = "it is delayed on its way, and tried again"
_NO_COMPLAINT = frozenset({"not-spam", "auth-failure"})
"""Feedback that no reader gave against the mail: "this is no spam", and a report on its signature.
https://www.iana.org/assignments/marf-parameters/marf-parameters.xhtml"""
_NOTHING = NoticeRule(None)


def rule_of(notice: MailNotice) -> NoticeRule:
    """Return what follows from a notice, by its own type.

    A bounce that SES does not call permanent says nothing about the address:
    somebody is away or their mailbox is full, and the next mail may arrive. Only
    a permanent one and a complaint end an address. ``Send`` says what we know,
    ``Open``, ``Click`` and ``Subscription`` are no business of ours, and a type that is
    not known is none that we rely on.
    """
    if notice.event == "Delivery":
        return NoticeRule(MailState.DELIVERED)
    if notice.event == "Bounce":
        if notice.part == "Permanent":
            return NoticeRule(MailState.BOUNCED)
        return NoticeRule(None, _FOR_NOW.get(notice.sub_part, _ELSE))
    if notice.event == "Complaint":
        heard = notice.part not in _NO_COMPLAINT
        return NoticeRule(MailState.COMPLAINED) if heard else _NOTHING
    if notice.event == "DeliveryDelay":
        return NoticeRule(None, _DELAYS.get(notice.part, _LATER))
    if notice.event == "Reject":
        return NoticeRule(MailState.FAILED, "the mail service found harmful content in it")
    if notice.event == "Rendering Failure":
        return NoticeRule(MailState.FAILED, "the mail service could not write it")
    return _NOTHING


_UNTOLD = frozenset({MailState.SENDING, MailState.SENT, MailState.UNKNOWN})
"""States after which the mail service may have it and has not told more."""
_MAY_FOLLOW: Mapping[MailState, frozenset[MailState]] = {
    MailState.DELIVERED: _UNTOLD,
    MailState.FAILED: _UNTOLD,
    MailState.BOUNCED: _UNTOLD | {MailState.DELIVERED},
    MailState.COMPLAINED: _UNTOLD | {MailState.DELIVERED, MailState.BOUNCED},
}


def state_after(state: MailState, rule: NoticeRule) -> MailState:
    """Return the state of a mail after a notice, which may come twice, late and in any order.

    A complaint outlives a bounce, a bounce outlives a delivery, and none of them
    says anything about a mail that was queued again: it may go to another address.
    """
    if rule.state is not None and state in _MAY_FOLLOW[rule.state]:
        return rule.state
    return state


def says_more(state: MailState, rule: NoticeRule) -> bool:
    """Tell whether a notice without a state of its own is worth noting: the outcome isn't known yet."""
    return rule.state is None and bool(rule.trouble) and state in _UNTOLD
