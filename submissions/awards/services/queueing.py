"""Which mails follow from awards and outcomes that the table has: rows that the delivery takes up."""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from campaigns.publishing.services.releases import read_release
from ingest_lambda.contract import (
    AwardState,
    Mode,
    Notice,
    PrizeOutcome,
    SubmissionRecord,
    SubmissionStatus,
)
from submissions.awards.services.told import is_told
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind, MailState, Withdrawn
from submissions.mail.services.prizes import event_of
from submissions.mirror.models import Award, Submission
from submissions.mirror.services.upsert import insert_missing
from submissions.mirror.services.writing import SETTLES_WITHIN, Written

_KINDS = (MailKind.PRIZE_WON, MailKind.PRIZE_RESERVED)
_MISSES = frozenset(
    {PrizeOutcome.NOT_THIS_TIME, PrizeOutcome.NONE_LEFT, PrizeOutcome.LIMIT_REACHED}
)


def queue_prize_mails(
    written: Written, *, at: datetime, notify: bool, tells_wins: bool = False
) -> None:
    """Queue the mails that tell of awards that a batch of the mirror brought, or whose entries it brought.

    Each once for an entry and a prize, whichever of award and entry came first; in
    the transaction that writes both. Without ``notify`` what is old is written down
    as withdrawn, as the mails are that say an entry is here; ``tells_wins`` makes an exception of what
    somebody has won, however late it came here. Who won nothing is told where the
    campaign wants that.
    """
    mails = _of_wins(written, at, notify=notify or tells_wins)
    for record in (one.record for one in written.shown):
        campaign = written.campaigns[record.campaign_id].pk
        if _won_nothing(record) and _tells_of_no_prize(record, campaign):
            mails.append(
                _mail(
                    record.id,
                    campaign,
                    MailKind.NO_PRIZE,
                    event=MailKind.NO_PRIZE.value,
                    attempt=record.attempt,
                    at=at,
                    tells=notify or _is_young(record.entered_at, at),
                )
            )
    insert_missing(mails, unique=("submission", "event"))


def queue_missed_wins(
    written: Written, *, at: datetime, notify: bool, tells_wins: bool = False
) -> None:
    """Queue the mails of awards whose entry, or whose award, another worker wrote at the same moment.

    After the commit: in their transactions neither of the two sees what the other writes.
    """
    mails = _of_wins(written, at, notify=notify or tells_wins)
    insert_missing(mails, unique=("submission", "event"))
    _queue_untold_wins(mails, at)


def _queue_untold_wins(mails: Collection[Mail], at: datetime) -> None:
    """Queue what is won again and was never told: an approval was taken back before its mail went, and given again."""
    won = [
        mail for mail in mails if mail.kind == MailKind.PRIZE_WON and mail.state == MailState.QUEUED
    ]
    if not won:
        return
    untold = Mail.objects.filter(
        submission__in=[mail.submission_id for mail in won],
        event__in={mail.event for mail in won},
        state=MailState.WITHDRAWN,
        trouble=Withdrawn.UNTRUE,
    )
    of_won = {(mail.submission_id, mail.event) for mail in won}
    again = [
        pk for pk, *of in untold.values_list("pk", "submission", "event") if tuple(of) in of_won
    ]
    if again:
        untold.filter(pk__in=again).update(
            state=MailState.QUEUED, trouble="", queued_at=at, not_before=at
        )


def _of_wins(written: Written, at: datetime, *, notify: bool) -> list[Mail]:
    won = {
        one.record.id for one in written.shown if PrizeOutcome.GIVEN in one.record.prizes.values()
    }
    ids = won | {award.submission_id for award in written.awards}
    mails = _of_awards(ids, at, notify=notify) if ids else ()
    # Of several prizes that are reserved for one entry there is one mail.
    return list({(mail.submission_id, mail.event): mail for mail in mails}.values())


def _won_nothing(record: SubmissionRecord) -> bool:
    """Tell whether all is decided, and nothing won."""
    outcomes = set(record.prizes.values())
    return bool(outcomes) and outcomes <= _MISSES and record.status is not SubmissionStatus.INVALID


def _tells_of_no_prize(record: SubmissionRecord, campaign_id: UUID) -> bool:
    is_test = record.mode is Mode.TEST
    release = read_release(campaign_id, is_test=is_test, number=record.release)
    return Notice.NO_PRIZE in release.manifest.notices


def _of_awards(ids: Collection[UUID], at: datetime, *, notify: bool) -> Iterator[Mail]:
    here = Submission.objects.only("campaign_id", "attempt", "status", "entered_at").in_bulk(ids)
    states = (AwardState.CONFIRMED, AwardState.PROVISIONAL)
    for award in Award.objects.filter(submission_id__in=list(here), state__in=states):
        entry = here[award.submission_id]
        for kind in _KINDS:
            if is_told(kind, award, SubmissionStatus(entry.status)):
                yield _mail(
                    entry.pk,
                    entry.campaign_id,
                    kind,
                    event=event_of(kind, award.prize),
                    attempt=entry.attempt,
                    at=at,
                    tells=notify or _is_young(entry.entered_at, at),
                )


def _mail(
    submission_id: UUID,
    campaign_id: UUID,
    kind: MailKind,
    *,
    event: str,
    attempt: int,
    at: datetime,
    tells: bool,
) -> Mail:
    return Mail(
        submission_id=submission_id,
        campaign_id=campaign_id,
        kind=kind,
        event=event,
        attempt=attempt,
        state=MailState.QUEUED if tells else MailState.WITHDRAWN,
        trouble="" if tells else Withdrawn.BROUGHT_LATER,
        queued_at=at,
        not_before=at,
    )


def _is_young(entered_at: datetime, at: datetime) -> bool:
    return entered_at >= at - SETTLES_WITHIN
