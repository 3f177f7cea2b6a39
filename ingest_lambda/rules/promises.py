"""By when a verdict is promised: one answer for page, mails, queue and status call."""

from datetime import datetime

from ingest_lambda.contract import Manifest, SubmissionRecord, SubmissionStatus
from ingest_lambda.rules.windows import working_days_after


def promised_verdict(record: SubmissionRecord, manifest: Manifest) -> datetime:
    """Return by when a submission is decided on, by the working days of its release.

    They count from the time of entry; for an answer to what was asked again, from when it was
    written; for what a decision put back into the queue, from that decision, which says so.
    """
    is_back = record.decision_status is SubmissionStatus.PENDING_REVIEW
    if record.decide_by and is_back and record.decided_attempt == record.attempt:
        return record.decide_by
    return working_days_after(
        record.entered_at if record.attempt == 1 else record.written_at,
        manifest.decide_within_days,
        timezone=manifest.timezone,
    )
