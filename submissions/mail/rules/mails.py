"""Which mails there are, when each goes out, and what can become of one."""

from datetime import timedelta
from enum import StrEnum

from campaignhub.words import Worded
from ingest_lambda.contract import Notice, SubmissionStatus
from submissions.mail.rules.words import Message


class MailKind(Worded):
    """The mails of a submission that are on by default."""

    RECEIVED = "received"
    APPROVED = "approved"
    REJECTED = "rejected"
    ASKED_AGAIN = "asked_again"
    REMINDER = "reminder"
    REFUSED = "refused"
    """By the campaign's own rules."""
    REOPENED = "reopened"
    REVOKED = "revoked"
    PRIZE_WON = "prize_won"
    PRIZE_RESERVED = "prize_reserved"
    """Subject to validation."""
    NO_PRIZE = "no_prize"


TELLS_OF_A_PRIZE = frozenset({MailKind.PRIZE_WON, MailKind.PRIZE_RESERVED})
"""Mails that say of an entry all that *received* and *approved* would, and more."""

ASKS_FOR_A_PHOTO = frozenset({MailKind.ASKED_AGAIN, MailKind.REMINDER})
"""Mails whose link takes a new photo until the deadline."""


class MailState(Worded):
    """The state of a mail.

    ``unknown``: we stopped between sending and noting it; a person decides.
    ``not_sent``: its mailbox has had as many as it gets (:class:`NotSent`); final.
    ``withdrawn``: what it would have said was taken back or answered before it went.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"
    NOT_SENT = "not_sent"
    WITHDRAWN = "withdrawn"


class NotSent(StrEnum):
    """Why a mail ended as not sent. Whoever types an address of somebody else sends them no more than this."""

    ONE_AN_HOUR = "one an hour"
    """One mail of the kind *received* to a mailbox, per campaign and hour."""
    FIVE_A_DAY = "five a day"
    """:data:`MOST_A_DAY` mails of all kinds to a mailbox, per campaign and 24 hours."""


class Withdrawn(StrEnum):
    """Why a mail that waited was not sent, as its row says; staff read :data:`WHY_WITHDRAWN`."""

    BY_VERDICT = "another verdict came"
    UNTRUE = "no longer true"
    LATER_NEWS = "there is later news"
    TOLD_ALREADY = "they were told so already"
    TAKEN_LATER = "they sent it again, and it was taken"
    DEADLINE_MOVED = "its deadline was moved"
    BROUGHT_LATER = "brought here later"


WHY_WITHDRAWN: dict[Withdrawn, str] = {
    Withdrawn.BY_VERDICT: "The decision it was about changed before it was sent.",
    Withdrawn.UNTRUE: "The entry changed before it was sent, so it was no longer true.",
    Withdrawn.LATER_NEWS: "By then the entrant had been told more.",
    Withdrawn.TOLD_ALREADY: "An earlier e-mail had told the entrant the same.",
    Withdrawn.TAKEN_LATER: "The entrant sent another entry meanwhile, and it was accepted.",
    Withdrawn.DEADLINE_MOVED: "It couldn't be sent for so long that the deadline was moved. "
    "A new e-mail asks for the photo by the new day.",
    Withdrawn.BROUGHT_LATER: "The entry was added here too late for it to be sent.",
}
"""What each means, said to staff."""

AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
MOST_A_DAY = 5


WENT_OUT = frozenset(
    {
        MailState.SENT,
        MailState.DELIVERED,
        MailState.BOUNCED,
        MailState.COMPLAINED,
        MailState.UNKNOWN,
    }
)
"""States after which it reached, or may have reached, the mail service."""

RESENDABLE = frozenset({MailState.FAILED, MailState.SUPPRESSED}) | WENT_OUT
"""States of a mail that a person may send again. What was over the limit of its mailbox is not
among them, or the limit would be none; nor is what was withdrawn because it is no longer true."""

OUTCOMES = frozenset({MailState.DELIVERED, MailState.BOUNCED, MailState.COMPLAINED})
"""What the mail service tells later about a mail that went out."""

ENDS_AN_ADDRESS = frozenset({MailState.BOUNCED, MailState.COMPLAINED})
"""Outcomes after which we write to that mailbox no more."""

MAIL_AFTER: dict[SubmissionStatus, MailKind] = {
    SubmissionStatus.APPROVED: MailKind.APPROVED,
    SubmissionStatus.REJECTED: MailKind.REJECTED,
    SubmissionStatus.NEEDS_RESUBMISSION: MailKind.ASKED_AGAIN,
    SubmissionStatus.PENDING_REVIEW: MailKind.REOPENED,
    SubmissionStatus.REVOKED: MailKind.REVOKED,
}
"""The mail that follows a decision, once the table has it."""

SWITCHED: dict[MailKind, Notice] = {
    MailKind.REFUSED: Notice.REFUSED,
    MailKind.REOPENED: Notice.REOPENED,
    MailKind.REVOKED: Notice.REVOKED,
}
"""The mails that a campaign may keep back, each with the manifest's word for it."""

MENDED_WITHIN = timedelta(minutes=10)
"""How long a refusal's mail waits: who mends their answers on the page enters anew, and needs none."""

ASKED_WITHIN = timedelta(hours=12)
"""How late a photo may be asked for with the deadline of its verdict. A mail that is held up for
longer waits until its deadline is moved, so that its entrant has most of the promised time."""

REMIND_BEFORE = timedelta(hours=24)
"""How long before the deadline an unanswered question is asked once more."""


def message_of(
    kind: MailKind,
    *,
    ingest_status: SubmissionStatus,
    status: SubmissionStatus,
    attempt: int,
    photos_open: bool = False,
) -> Message:
    """Return what a mail says: a received entry may count at once, wait for a look, or be an answer.

    A mail may go out long after its entry came, so it says what holds then: one that
    counted at once is said to count only as long as it does and its photos
    (``photos_open``) have been compared, and a review is promised only while it is due.
    """
    if kind is not MailKind.RECEIVED:
        return Message(kind.value)
    if attempt > 1:
        return Message.RECEIVED_AGAIN
    if status is SubmissionStatus.PENDING_REVIEW:
        return Message.RECEIVED_REVIEW
    counts = status is ingest_status is SubmissionStatus.APPROVED
    return Message.RECEIVED_COUNTS if counts and not photos_open else Message.RECEIVED


def is_still_true(
    kind: MailKind,
    *,
    decision_no: int | None,
    last_decision_no: int,
    status: SubmissionStatus,
    time_left: timedelta | None = None,
) -> bool:
    """Tell whether a mail about a verdict may still go out: that verdict is the last one, and stands.

    It may have been overtaken without another verdict: an answer that entered in time is
    written after the clock has rejected what was asked. ``time_left`` is what remains for a
    photo that was asked for: once nothing does, its link takes none.
    """
    if kind is MailKind.REFUSED:
        return status is SubmissionStatus.INVALID
    if decision_no is None:
        return True
    if decision_no != last_decision_no:
        return False
    if kind in ASKS_FOR_A_PHOTO:
        is_open = time_left is None or time_left > timedelta()
        return is_open and status is SubmissionStatus.NEEDS_RESUBMISSION
    return MAIL_AFTER.get(status) is kind
