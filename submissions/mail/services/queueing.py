"""Which mails follow from what the table says: rows that the delivery takes up."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from campaigns.setup.models import Campaign
from ingest_lambda.contract import SubmissionRecord, SubmissionStatus
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind, MailState
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
    """Queue the mails that say we have these submissions: one per attempt, none for what was refused.

    ``campaigns`` are by the ids that records name them by. Without ``notify`` a
    mail is written down as withdrawn, so that no later version of its record
    sends it. In the transaction that writes the submissions.
    """
    mails = [
        _received(record, campaigns[record.campaign_id], at, notify=notify)
        for record in records
        if record.status in _WELCOMED
    ]
    insert_missing(mails, unique=("submission", "event"))


def _received(record: SubmissionRecord, campaign: Campaign, at: datetime, *, notify: bool) -> Mail:
    return Mail(
        submission_id=record.id,
        campaign=campaign,
        kind=MailKind.RECEIVED,
        event=f"received:{record.attempt}",
        attempt=record.attempt,
        state=MailState.QUEUED if notify else MailState.WITHDRAWN,
        trouble="" if notify else "brought here later",
        queued_at=at,
        not_before=at,
    )
