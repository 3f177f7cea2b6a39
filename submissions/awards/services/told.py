"""What mails tell of a prize: its name by the entry's release, its code from the stock, and whether it is true."""

from campaignhub import ingest
from campaigns.prizes.models import PrizeKind
from campaigns.rendering import PagePrize
from ingest_lambda.contract import AwardState, SubmissionStatus
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind
from submissions.mail.services.prizes import Prizes, ToldPrize, prize_name
from submissions.mirror.models import Award, Submission
from submissions.mirror.services.releases import release_of

_ENDED = frozenset(
    {
        SubmissionStatus.INVALID,
        SubmissionStatus.REJECTED,
        SubmissionStatus.REVOKED,
        SubmissionStatus.WITHDRAWN,
    }
)
"""Known here before the award is: the verdict is on its way to the table, and the award comes back from there."""


def is_told(kind: MailKind, award: Award, status: SubmissionStatus) -> bool:
    """Tell whether a mail of ``kind`` says what an award is: *won* only of a confirmed one that still counts.

    A reserved one is told while a person has still to look; one that waits for its photos
    alone is settled within minutes, and its mail then says that it is won.
    """
    if kind is MailKind.PRIZE_WON:
        return award.state == AwardState.CONFIRMED and status not in _ENDED
    return award.state == AwardState.PROVISIONAL and status is SubmissionStatus.PENDING_REVIEW


def name_of_prize(submission: Submission, prize: str, *, language: str = "") -> str:
    """Return a prize as the entry's release names it, in its entrant's language."""
    shown = _shown(submission, prize)
    if shown is None:
        return prize
    return release_of(submission).page.text(shown.name, language or submission.locale) or prize


def _award_of(mail: Mail) -> Award | None:
    return Award.objects.filter(submission_id=mail.submission_id, prize=prize_name(mail)).first()


def _reserved(mail: Mail) -> ToldPrize | None:
    """Return all that is reserved as one: they wait for the same review."""
    status = SubmissionStatus(mail.submission.status)
    awards = Award.objects.filter(submission_id=mail.submission_id).order_by("prize")
    names = [
        name_of_prize(mail.submission, award.prize)
        for award in awards
        if is_told(MailKind.PRIZE_RESERVED, award, status)
    ]
    return ToldPrize(", ".join(names), has_code=False, text="", is_true=True) if names else None


def _told(mail: Mail) -> ToldPrize | None:
    if mail.kind == MailKind.PRIZE_RESERVED:
        return _reserved(mail)
    award, submission = _award_of(mail), mail.submission
    if award is None:
        return None
    shown = _shown(submission, award.prize)
    return ToldPrize(
        name=name_of_prize(submission, award.prize),
        text=shown.won_text.get(submission.locale, "") if shown else "",
        has_code=shown is not None and shown.kind == PrizeKind.CODE,
        is_true=is_told(MailKind(mail.kind), award, SubmissionStatus(submission.status)),
    )


def _shown(submission: Submission, prize: str) -> PagePrize | None:
    rows = release_of(submission).page.prize_rows
    return next((row for row in rows if row.key == prize), None)


def _code(mail: Mail) -> str:
    award = _award_of(mail)
    if award is None or mail.kind != MailKind.PRIZE_WON:
        return ""
    campaign = mail.submission.campaign
    known_as = campaign.test_id if mail.submission.is_test else campaign.pk
    given = ingest.read_given(str(known_as), award.prize, award.unit)
    is_theirs = given is not None and given.submission_id == mail.submission_id
    return (given.code or "") if given and is_theirs else ""


MAILED_PRIZES = Prizes(of=_told, code=_code)
