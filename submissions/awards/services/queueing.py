"""Which mails follow from awards and outcomes that the table has: rows that the delivery takes up."""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from ingest_lambda.contract import AwardState, PrizeOutcome, SubmissionStatus
from submissions.awards.services.told import is_told
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind, MailState, Withdrawn
from submissions.mail.services.prizes import event_of
from submissions.mirror.models import Award, Submission
from submissions.mirror.services.upsert import insert_missing
from submissions.mirror.services.writing import SETTLES_WITHIN, Written

_KINDS = (MailKind.PRIZE_WON, MailKind.PRIZE_RESERVED)


def queue_prize_mails(written: Written, *, at: datetime, notify: bool) -> None:
    """Queue the mails that tell of awards that a batch of the mirror brought, or whose entries it brought.

    Each once for an entry and a prize, whichever of award and entry came first; in
    the transaction that writes both. Without ``notify`` what is old is written down
    as withdrawn, as the mails are that say an entry is here.
    """
    ids = {award.submission_id for award in written.awards}
    ids |= {one.record.id for one in written.shown if _won_something(one.record.prizes.values())}
    if ids:
        insert_missing(list(_mails(ids, at, notify=notify)), unique=("submission", "event"))


def _won_something(outcomes: Collection[PrizeOutcome]) -> bool:
    return PrizeOutcome.GIVEN in outcomes


def _mails(ids: Collection[UUID], at: datetime, *, notify: bool) -> Iterator[Mail]:
    here = Submission.objects.only("campaign_id", "attempt", "status", "entered_at").in_bulk(ids)
    states = (AwardState.CONFIRMED, AwardState.PROVISIONAL)
    for award in Award.objects.filter(submission_id__in=list(here), state__in=states):
        entry = here[award.submission_id]
        for kind in _KINDS:
            if not is_told(kind, award, SubmissionStatus(entry.status)):
                continue
            told = notify or entry.entered_at >= at - SETTLES_WITHIN
            yield Mail(
                submission_id=entry.pk,
                campaign_id=entry.campaign_id,
                kind=kind,
                event=event_of(kind, award.prize),
                attempt=entry.attempt,
                state=MailState.QUEUED if told else MailState.WITHDRAWN,
                trouble="" if told else Withdrawn.BROUGHT_LATER,
                queued_at=at,
                not_before=at,
            )
