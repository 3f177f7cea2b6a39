"""What a mail tells of a prize: known by the room of awards, which stands above this one and registers it here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest_lambda.contract import PrizeOutcome, SubmissionStatus
from submissions.mail.models import Mail
from submissions.mail.rules.mails import TELLS_OF_A_PRIZE, MailKind


@dataclass(frozen=True)
class ToldPrize:
    """The prize that a mail tells of."""

    name: str
    """In the language of the entry, as its release says it."""
    has_code: bool
    text: str
    """What the campaign tells its winner of it, such as how to use it; may be empty."""
    is_true: bool
    """Whether it may be told so now: the award stands as the mail says."""


@dataclass(frozen=True)
class Prizes:
    """How mails learn of prizes."""

    of: Callable[[Mail], ToldPrize | None]
    code: Callable[[Mail], str]
    """Read the code that a mail brings its winner; empty where its prize has none.

    May raise ``campaignhub.ingest.IngestBusy``: the stock can't be read now.
    """


_registered: list[Prizes] = []


def register(prizes: Prizes) -> None:
    """Let mails ask ``prizes``; the last that was registered is asked."""
    _registered[:] = [prizes]


def event_of(kind: MailKind, prize: str) -> str:
    """Return the event of a mail that tells of a prize: one for each that is won, one of all that are reserved."""
    return kind.value if kind is MailKind.PRIZE_RESERVED else f"{kind.value}:{prize}"


def prize_name(mail: Mail) -> str:
    """Return the machine name of the prize that a mail tells of."""
    return mail.event.partition(":")[2]


def prize_of(mail: Mail) -> ToldPrize | None:
    """Return the prize that a mail tells of; ``None`` for every other mail, and where it is gone."""
    if mail.kind not in TELLS_OF_A_PRIZE:
        return None
    if mail.pk is None:
        return ToldPrize(SAMPLE_PRIZE, has_code=True, text="", is_true=True)
    return _registered[0].of(mail) if _registered else None


def code_of(mail: Mail) -> str:
    """Return the code that a mail brings its winner.

    Only what sends the mail may call this: whoever has the code has the prize.

    Raises:
        IngestBusy: it can't be read now.
    """
    return _registered[0].code(mail) if mail.kind in TELLS_OF_A_PRIZE and _registered else ""


def waits_for_its_win(mail: Mail, *, at: datetime) -> bool:
    """Tell whether a mail that says an entry counts waits for the one that says what it has won.

    A win is confirmed some seconds after its entry counts, and its mail says both. Not
    for ever: where no win comes for :data:`WIN_WITHIN`, that the entry counts is news.
    """
    entry = mail.submission
    if mail.kind not in (MailKind.RECEIVED, MailKind.APPROVED) or at >= mail.queued_at + WIN_WITHIN:
        return False
    if entry.status != SubmissionStatus.APPROVED or PrizeOutcome.GIVEN not in entry.prizes.values():
        return False
    return not Mail.objects.filter(submission=entry, kind=MailKind.PRIZE_WON).exists()


WIN_WITHIN = timedelta(minutes=10)
SAMPLE_PRIZE = "€10 voucher"
"""What samples name, which are about no entry."""
