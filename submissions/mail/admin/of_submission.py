"""The mails of one entry, as its page lists them; and the offer to send one again."""

from dataclasses import dataclass
from datetime import datetime

from campaignhub.staff_site.lists import Tone
from submissions.mail.models import Mail
from submissions.mail.rules.mails import RESENDABLE, MailState
from submissions.mail.services.overtaken import still_holds
from submissions.mirror.admin.person import answers_of
from submissions.mirror.models import Submission

TONES: dict[MailState, Tone] = {
    MailState.QUEUED: "info",
    MailState.SENDING: "info",
    MailState.SENT: "good",
    MailState.DELIVERED: "good",
    MailState.BOUNCED: "bad",
    MailState.COMPLAINED: "bad",
    MailState.FAILED: "bad",
    MailState.UNKNOWN: "warn",
    MailState.SUPPRESSED: "idle",
    MailState.NOT_SENT: "idle",
    MailState.WITHDRAWN: "idle",
}


@dataclass(frozen=True)
class ResendOffer:
    """The offer to send a mail again."""

    seen: int
    """How many tries it had when the page was shown."""
    to: str


@dataclass(frozen=True)
class ListedMail:
    """A mail as its entry's page shows it."""

    mail: Mail
    tone: Tone
    offer: ResendOffer | None
    is_scheduled: bool
    is_overtaken: bool


def mails_of(submission: Submission, *, may_send: bool, at: datetime) -> list[ListedMail]:
    """Return the mails of an entry, the newest first, each with the offer to send it again where one may."""
    return [
        ListedMail(
            mail,
            TONES[MailState(mail.state)],
            resend_offer(mail) if may_send else None,
            is_scheduled=is_scheduled(mail, at=at),
            is_overtaken=is_overtaken(mail, at=at),
        )
        for mail in submission.mails.all()
    ]


def is_scheduled(mail: Mail, *, at: datetime) -> bool:
    """Tell a mail that waits for its time, as a reminder does, from one that waits for its turn."""
    return mail.state == MailState.QUEUED and mail.not_before > at and not is_overtaken(mail, at=at)


def is_overtaken(mail: Mail, *, at: datetime) -> bool:
    """Tell a queued mail that will be withdrawn when its turn comes: what it says no longer holds."""
    return mail.state == MailState.QUEUED and not still_holds(mail, at=at)


def resend_offer(mail: Mail) -> ResendOffer | None:
    """Return the offer to send a mail again; ``None`` where its state allows none."""
    if mail.state not in RESENDABLE:
        return None
    return ResendOffer(seen=mail.tries, to=answers_of(mail.submission).email)
