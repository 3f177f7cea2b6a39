"""Which mails follow from what the table says: rows that the delivery takes up."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from campaigns.publishing.services.releases import read_release
from campaigns.setup.models import Campaign
from ingest_lambda.contract import Mode, Notice, SubmissionRecord, SubmissionStatus
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MENDED_WITHIN, MailKind, MailState, Withdrawn
from submissions.mirror.services.upsert import insert_missing

_WELCOMED = (
    SubmissionStatus.RECEIVED,
    SubmissionStatus.PENDING_REVIEW,
    SubmissionStatus.APPROVED,
)


def queue_received(
    records: Iterable[SubmissionRecord],
    campaigns: Mapping[str, Campaign],
    *,
    at: datetime,
    notify: bool,
) -> None:
    """Queue the mails that say we have these submissions, or why they were refused: one per attempt.

    ``campaigns`` are by the ids that records name them by. Without ``notify`` a
    mail is written down as withdrawn, so that no later version of its record
    sends it. In the transaction that writes the submissions.
    """
    mails = []
    for record in records:
        campaign = campaigns[record.campaign_id]
        if record.status in _WELCOMED:
            mails.append(_first_mail(record, campaign, MailKind.RECEIVED, at, notify=notify))
        elif record.status is SubmissionStatus.INVALID and _tells_of_refusals(record, campaign):
            mails.append(_first_mail(record, campaign, MailKind.REFUSED, at, notify=notify))
    insert_missing(mails, unique=("submission", "event"))


def _tells_of_refusals(record: SubmissionRecord, campaign: Campaign) -> bool:
    is_test = record.mode is Mode.TEST
    release = read_release(campaign.pk, is_test=is_test, number=record.release)
    return Notice.REFUSED in release.manifest.notices


def _first_mail(
    record: SubmissionRecord, campaign: Campaign, kind: MailKind, at: datetime, *, notify: bool
) -> Mail:
    return Mail(
        submission_id=record.id,
        campaign=campaign,
        kind=kind,
        event=f"{kind}:{record.attempt}",
        attempt=record.attempt,
        state=MailState.QUEUED if notify else MailState.WITHDRAWN,
        trouble="" if notify else Withdrawn.BROUGHT_LATER,
        queued_at=at,
        not_before=at + MENDED_WITHIN if kind is MailKind.REFUSED else at,
    )
