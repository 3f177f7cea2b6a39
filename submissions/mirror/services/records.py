"""Records from rows: what the table held of what is here, for a table that lost it (``rows`` the other way)."""

from collections.abc import Sequence

from ingest_lambda.contract import (
    AwardRecord,
    ImageRecord,
    MessageRecord,
    Mode,
    Page,
    PrizeOutcome,
    Reason,
    SubmissionRecord,
    SubmissionStatus,
    TakenLimit,
    Upload,
    WonMoment,
)
from submissions.mirror.models import (
    Award,
    EntrantMessage,
    ReceiptImage,
    Submission,
    SubmissionAnswers,
)


def submission_record(
    row: Submission,
    answers: SubmissionAnswers | None,
    *,
    earlier_keys: Sequence[str],
    conflict_hashes: Sequence[str],
) -> SubmissionRecord:
    """Return a submission as the table had it, with the last decision; ``row`` has its campaign.

    Hashes of telephone number, household, address and device, and which slots it
    holds, are the table's alone.
    """
    campaign, decided = row.campaign, SubmissionStatus(row.decision_status or row.ingest_status)
    is_back = bool(row.decision_no) and decided is SubmissionStatus.PENDING_REVIEW
    return SubmissionRecord(
        id=row.pk,
        slug=campaign.test_slug if row.is_test else campaign.slug,
        campaign_id=str(campaign.test_id if row.is_test else campaign.pk),
        release=row.release,
        attempt=row.attempt,
        route=row.route,
        channel=row.channel,
        mode=Mode.TEST if row.is_test else Mode.LIVE,
        locale=row.locale,
        source=row.source or None,
        partner=row.partner or None,
        status=row.ingest_status,
        reasons=tuple(map(Reason.model_validate, row.reasons)),
        suspicions=tuple(row.suspicions),
        answers=answers.answers if answers else {},
        consents=row.consents,
        uploads=tuple(map(Upload.model_validate, row.uploads)),
        earlier_keys=tuple(earlier_keys),
        person_hash=row.person_hash or None,
        body_hash=row.body_hash,
        conflict_hashes=tuple(conflict_hashes),
        held=row.held,
        prizes={prize: PrizeOutcome(outcome) for prize, outcome in row.prizes.items()},
        entries=row.entries,
        started_at=row.started_at,
        entered_at=row.entered_at,
        written_at=row.mirrored_at,
        version=row.version,
        decision_no=row.decision_no,
        decision_status=decided if row.decision_no else None,
        decided_attempt=row.decided_attempt,
        decide_by=row.decide_by if is_back else None,
        decision_reasons=tuple(map(Reason.model_validate, row.decision_reasons)),
        resubmit_until=row.resubmit_until,
    )


def image_record(row: ReceiptImage, *, slug: str | None) -> ImageRecord:
    """Return the facts of one file as the table had them."""
    return ImageRecord(
        submission_id=row.submission_id,
        slug=slug,
        attempt=row.attempt,
        receipt=row.receipt,
        part=row.part,
        key=row.key,
        content_type=row.content_type,
        size=row.size_bytes,
        sha256=row.sha256,
        width=row.width,
        height=row.height,
        pages=tuple(map(Page.model_validate, row.pages)),
        refusal=row.refusal or None,
        seen_on=row.seen_on,
        exif=row.exif,
        checked_at=row.checked_at,
    )


def message_record(row: EntrantMessage, *, slug: str | None) -> MessageRecord:
    """Return a message of the entrant as the table had it."""
    return MessageRecord(
        submission_id=row.submission_id,
        slug=slug,
        message_id=row.message_id,
        kind=row.kind,
        body=row.body,
        entered_at=row.entered_at,
        written_at=row.entered_at,
        version=row.version,
    )


def award_record(row: Award, *, slug: str | None) -> AwardRecord:
    """Return a prize unit given to a submission as the table had it."""
    return AwardRecord(
        submission_id=row.submission_id,
        slug=slug,
        prize=row.prize,
        unit=row.unit,
        state=row.state,
        entered_at=row.entered_at,
        awarded_at=row.awarded_at,
        moment=WonMoment.model_validate(row.moment) if row.moment else None,
        limits_taken=tuple(map(TakenLimit.model_validate, row.limits_taken)),
        version=row.version,
    )
