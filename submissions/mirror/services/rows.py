"""Rows from records: what a line of the table looks like on this side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from campaignhub.ingest import promised_verdict
from campaigns.publishing.services.releases import PublishedRelease
from campaigns.setup.models import Campaign
from ingest_lambda.contract import (
    AwardRecord,
    ImageRecord,
    Meaning,
    MessageRecord,
    Mode,
    PrizeOutcome,
    SubmissionRecord,
    SubmissionStatus,
    reference_of,
    shown_status,
)
from submissions.mirror.models import (
    Award,
    ConsentAnswer,
    EntrantMessage,
    PhotoCheck,
    ReceiptImage,
    Submission,
    SubmissionAnswers,
    SubmissionEvent,
)
from submissions.mirror.rules.names import NAME_KEY_CHARS, fold
from submissions.mirror.rules.photo_checks import COUNTS_UNSEEN, is_for_anothers_photo
from submissions.mirror.rules.storable import storable

INGEST_FACTS = (
    "status",
    "release",
    "attempt",
    "route",
    "channel",
    "locale",
    "source",
    "partner",
    "is_test",
    "ingest_status",
    "reasons",
    "suspicions",
    "consents",
    "uploads",
    "person_hash",
    "body_hash",
    "conflicts",
    "held",
    "prizes",
    "has_award",
    "entries",
    "started_at",
    "entered_at",
    "decide_by",
    "version",
    "mirrored_at",
)
"""The columns that the mirror owns. Decisions are not among them, but for :class:`Decided`."""

ANSWERS = (
    "answers",
    "email",
    "given_name",
    "family_name",
    "given_name_key",
    "family_name_key",
    "phone",
)


@dataclass(frozen=True)
class Decided:
    """The decision columns of a row.

    They are the services' own, and the table only ever has them from here. So
    where the table knows a later decision than we do, ours was lost (a backup
    was put back, a mirror is built anew) and is taken from there.
    """

    decision_no: int = 0
    decision_status: str = ""
    decided_attempt: int = 0
    decide_by: datetime | None = None

    def is_back_since(self, record: SubmissionRecord) -> bool:
        """Tell whether a verdict that ``record`` lacks yet put this attempt back into the queue."""
        is_later = self.decision_no > record.decision_no
        is_back = self.decision_status == SubmissionStatus.PENDING_REVIEW
        return is_later and is_back and self.decided_attempt == record.attempt

    def __or__(self, record: SubmissionRecord) -> "Decided":
        """Return the later of this decision and the one that ``record`` has."""
        if record.decision_no <= self.decision_no or record.decision_status is None:
            return self
        return Decided(
            record.decision_no, record.decision_status, record.decided_attempt, record.decide_by
        )


def submission_row(
    record: SubmissionRecord,
    campaign_id: UUID,
    release: PublishedRelease,
    decided: Decided,
    at: datetime,
) -> Submission:
    """Return a submission as its row; ``decided`` is what has been decided on it here."""
    last = decided | record
    shown = shown_status(
        record.status,
        SubmissionStatus(last.decision_status) if last.decision_status else None,
        attempt=record.attempt,
        decided_attempt=last.decided_attempt,
    )
    if shown is SubmissionStatus.APPROVED and photo_check(record, decided, at):
        # By its own campaign's rules; it counts once its photos are as announced (``review.services.fraud_checks``).
        shown = SubmissionStatus.RECEIVED
    row = Submission(
        id=record.id,
        campaign_id=campaign_id,
        reference=reference_of(record.id),
        status=shown,
        release=record.release,
        attempt=record.attempt,
        route=record.route,
        channel=record.channel,
        locale=record.locale,
        source=storable(record.source or ""),
        partner=record.partner or "",
        is_test=record.mode is Mode.TEST,
        ingest_status=record.status,
        reasons=[storable(r.model_dump(mode="json", exclude_none=True)) for r in record.reasons],
        suspicions=list(record.suspicions),
        consents=storable(record.consents),
        uploads=[u.model_dump(mode="json", exclude_none=True) for u in record.uploads],
        person_hash=record.person_hash or "",
        body_hash=record.body_hash,
        conflicts=len(record.conflict_hashes),
        held=record.held,
        prizes={prize: outcome.value for prize, outcome in record.prizes.items()},
        has_award=PrizeOutcome.GIVEN in record.prizes.values(),
        entries=record.entries,
        started_at=record.started_at,
        entered_at=record.entered_at,
        decide_by=last.decide_by
        if last is decided and last.is_back_since(record)
        else promised_verdict(record, release.manifest),
        version=record.version,
        mirrored_at=at,
    )
    if last is not decided:
        adopt_decision(row, record)
    return row


def adopt_decision(row: Submission, record: SubmissionRecord) -> None:
    """Put the decision that the table has into a row that has none so late."""
    row.decision_no = record.decision_no
    row.decision_status = record.decision_status or ""
    row.decided_attempt = record.decided_attempt
    row.decision_reasons = [
        storable(r.model_dump(mode="json", exclude_none=True)) for r in record.decision_reasons
    ]
    row.resubmit_until = record.resubmit_until


DECISION = (
    "decision_no",
    "decision_status",
    "decided_attempt",
    "decision_reasons",
    "resubmit_until",
)


def answers_row(record: SubmissionRecord, release: PublishedRelease) -> SubmissionAnswers:
    """Return the personal part of a submission."""
    answers = storable(record.answers)
    return SubmissionAnswers(submission_id=record.id, answers=answers, **derived(answers, release))


def consent_rows(
    record: SubmissionRecord, campaign_id: UUID, release: PublishedRelease
) -> Iterator[ConsentAnswer]:
    """Yield a row for each optional consent that a submission was asked for."""
    for spec in release.manifest.consents:
        if not spec.required and record.route in spec.routes:
            yield ConsentAnswer(
                submission_id=record.id,
                campaign_id=campaign_id,
                name=spec.name,
                version=spec.version,
                answer="yes" if record.consents.get(spec.name) else "no",
                entered_at=record.entered_at,
            )


def derived(answers: Mapping[str, Any], release: PublishedRelease) -> dict[str, str]:
    """Return the columns of :class:`SubmissionAnswers` that a search and a mail read, by what the answers mean."""

    def said(meaning: Meaning) -> str:
        return str(answers.get(release.names.get(meaning, ""), "")).strip()

    given, family = said(Meaning.GIVEN_NAME), said(Meaning.FAMILY_NAME)
    return {
        "email": said(Meaning.EMAIL).lower()[:254],
        "given_name": given[:300],
        "family_name": family[:300],
        "given_name_key": fold(given)[:NAME_KEY_CHARS],
        "family_name_key": fold(family)[:NAME_KEY_CHARS],
        "phone": said(Meaning.PHONE)[:20],
    }


def submission_events(record: SubmissionRecord) -> Iterator[SubmissionEvent]:
    """Return the lines that a submission's record proves, the same whichever version comes."""
    line, at, attempt = SubmissionEvent.line, record.written_at, record.attempt
    came = {"channel": record.channel, "route": record.route}
    yield line(record.id, "received", 1, at=record.entered_at, **came)
    if attempt > 1:
        yield line(record.id, "sent_again", attempt, at=at)
    if record.status is SubmissionStatus.INVALID:
        codes = [reason.code for reason in record.reasons]
        yield line(record.id, "limited", attempt, at=at, reasons=codes)
    for body_hash in record.conflict_hashes:
        yield line(record.id, "conflict", body_hash, at=at)


def photo_check(record: SubmissionRecord, decided: Decided, at: datetime) -> PhotoCheck | None:
    """Return the note that the photos of what nobody looks at have still to be compared."""
    refused = record.status is SubmissionStatus.INVALID and is_for_anothers_photo(record.reasons)
    if not record.uploads or not (record.status in COUNTS_UNSEEN or refused):
        return None
    if (decided | record).decision_no:
        return None
    return PhotoCheck(submission_id=record.id, since=at)


def image_row(record: ImageRecord) -> ReceiptImage:
    """Return the facts of one file as its row."""
    return ReceiptImage(
        key=record.key,
        submission_id=record.submission_id,
        attempt=record.attempt,
        receipt=record.receipt,
        part=record.part,
        content_type=record.content_type,
        size_bytes=record.size,
        sha256=record.sha256,
        width=record.width,
        height=record.height,
        pages=[page.model_dump(mode="json") for page in record.pages],
        refusal=record.refusal or "",
        seen_on=record.seen_on,
        exif=storable(record.exif),
        checked_at=record.checked_at,
    )


def checked_line(key: str, attempt: int) -> str:
    """Name the line that says the file under this key was looked at."""
    return f"checked:{key.rsplit('/', 1)[-1]}:{attempt}"[:80]


def image_event(row: ReceiptImage) -> SubmissionEvent:
    """Return the line that says a file was looked at."""
    of = checked_line(row.key, row.attempt).removeprefix("checked:")
    return SubmissionEvent.line(
        row.submission_id, "checked", of, at=row.checked_at, refusal=row.refusal
    )


def message_row(record: MessageRecord) -> EntrantMessage:
    """Return a message of the entrant as its row."""
    return EntrantMessage(
        message_id=record.message_id,
        submission_id=record.submission_id,
        kind=record.kind,
        body=storable(record.body),
        entered_at=record.entered_at,
        version=record.version,
    )


def message_event(record: MessageRecord) -> SubmissionEvent:
    """Return the line that says the entrant said something; not what."""
    said = {"kind": record.kind}
    return SubmissionEvent.line(
        record.submission_id, "message", record.message_id, at=record.entered_at, **said
    )


AWARD_FACTS = (
    "campaign",
    "is_test",
    "unit",
    "state",
    "entered_at",
    "awarded_at",
    "moment",
    "limits_taken",
    "version",
)


def award_row(record: AwardRecord, campaign: Campaign | None) -> Award:
    """Return a prize unit given to a submission as its row."""
    return Award(
        submission_id=record.submission_id,
        campaign=campaign,
        is_test=campaign is not None and record.slug == campaign.test_slug,
        prize=record.prize,
        unit=record.unit,
        state=record.state,
        entered_at=record.entered_at,
        awarded_at=record.awarded_at,
        moment=record.moment.model_dump(mode="json") if record.moment else None,
        limits_taken=[taken.model_dump(mode="json") for taken in record.limits_taken],
        version=record.version,
    )
