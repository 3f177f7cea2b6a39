"""The mirror: what the table says, in Django, whatever order it comes in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from campaignhub.ingest import working_days_after
from campaigns.models import Campaign
from ingest_lambda.contract import (
    ImageRecord,
    Meaning,
    Mode,
    Record,
    SubmissionRecord,
    SubmissionStatus,
    read_stream_record,
    reference_of,
    shown_status,
)
from submissions.models import (
    Mail,
    ReceiptImage,
    Submission,
    SubmissionAnswers,
    SubmissionEvent,
)
from submissions.rules.mails import MailKind
from submissions.rules.names import fold
from submissions.services.upsert import upsert

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
    "entries",
    "started_at",
    "entered_at",
    "decide_by",
    "version",
    "mirrored_at",
)
"""The columns that the mirror owns; decisions are not among them."""

ANSWERS = (
    "answers",
    "email",
    "given_name",
    "family_name",
    "given_name_key",
    "family_name_key",
    "phone",
)


@dataclass
class Mirrored:
    """What became of a batch: how many were taken in, and which could not be (place, why)."""

    taken: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def mirror_stream_records(records: Sequence[dict[str, Any]], *, at: datetime) -> Mirrored:
    """Take in a batch of stream records, in one transaction.

    Any record may come twice, late or out of order: of one submission only the
    newest version stays, images and events are written once. A record that
    cannot be read, or whose campaign is not known here, is named in the answer
    and left to the queue's redrive, so that it neither blocks the others nor is
    lost.
    """
    result = Mirrored()
    submissions: dict[UUID, tuple[int, SubmissionRecord]] = {}
    images: dict[str, ImageRecord] = {}
    for place, raw in enumerate(records):
        record = _read(raw, place, result)
        if isinstance(record, SubmissionRecord):
            known = submissions.get(record.id)
            if known is None or known[1].version < record.version:
                submissions[record.id] = (place, record)
            result.taken += 1
        elif isinstance(record, ImageRecord):
            images.setdefault(record.key, record)
            result.taken += 1
        elif record is not None:
            result.taken += 1
    with transaction.atomic():
        _mirror_submissions(submissions.values(), result, at)
        _mirror_images(images.values())
    return result


def _read(raw: dict[str, Any], place: int, result: Mirrored) -> Record | None:
    try:
        return read_stream_record(raw)
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        result.refused.append((place, type(exc).__name__))
        return None


def _mirror_submissions(
    batch: Iterable[tuple[int, SubmissionRecord]], result: Mirrored, at: datetime
) -> None:
    pairs = list(batch)
    wanted = {record.campaign_id for _, record in pairs if _is_uuid(record.campaign_id)}
    campaigns = {str(campaign.pk): campaign for campaign in Campaign.objects.filter(pk__in=wanted)}
    known = []
    for place, record in pairs:
        if record.campaign_id in campaigns:
            known.append(record)
        else:
            result.refused.append((place, "unknown_campaign"))
            result.taken -= 1
    if not known:
        return
    decided: dict[UUID, dict[str, Any]] = {
        row["id"]: dict(row)
        # Locked, so that no verdict falls between this look and the write of the status below.
        for row in Submission.objects.filter(pk__in=[record.id for record in known])
        .order_by("pk")
        .select_for_update()
        .values("id", "decision_status", "decided_attempt")
    }
    upsert(
        [_submission(r, campaigns[r.campaign_id], decided.get(r.id), at) for r in known],
        update=INGEST_FACTS,
        only_if_newer="version",
    )
    # Answers carry no version of their own: they follow the row that has just been settled.
    settled = dict(
        Submission.objects.filter(pk__in=[record.id for record in known]).values_list(
            "pk", "version"
        )
    )
    upsert(
        [_answers(r, campaigns[r.campaign_id]) for r in known if settled[r.id] == r.version],
        update=ANSWERS,
    )
    SubmissionEvent.objects.bulk_create(
        [event for record in known for event in _events(record)], ignore_conflicts=True
    )
    Mail.objects.bulk_create(
        [
            Mail(
                submission_id=record.id,
                kind=MailKind.RECEIVED,
                event=f"received:{record.attempt}",
                attempt=record.attempt,
                queued_at=at,
                not_before=at,
            )
            for record in known
            if record.mode is Mode.LIVE
            and record.status in (SubmissionStatus.RECEIVED, SubmissionStatus.PENDING_REVIEW)
        ],
        ignore_conflicts=True,
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _submission(
    record: SubmissionRecord, campaign: Campaign, decided: dict[str, Any] | None, at: datetime
) -> Submission:
    decision = decided["decision_status"] if decided else ""
    return Submission(
        id=record.id,
        campaign=campaign,
        reference=reference_of(record.id),
        status=shown_status(
            record.status,
            SubmissionStatus(decision) if decision else None,
            attempt=record.attempt,
            decided_attempt=decided["decided_attempt"] if decided else 0,
        ),
        release=record.release,
        attempt=record.attempt,
        route=record.route,
        channel=record.channel,
        locale=record.locale,
        source=record.source or "",
        partner=record.partner or "",
        is_test=record.mode is Mode.TEST,
        ingest_status=record.status,
        reasons=[r.model_dump(mode="json", exclude_none=True) for r in record.reasons],
        suspicions=list(record.suspicions),
        consents=record.consents,
        uploads=[u.model_dump(mode="json", exclude_none=True) for u in record.uploads],
        person_hash=record.person_hash or "",
        body_hash=record.body_hash,
        conflicts=len(record.conflict_hashes),
        held=record.held,
        entries=record.entries,
        started_at=record.started_at,
        entered_at=record.entered_at,
        decide_by=working_days_after(
            record.entered_at, campaign.decide_within_days, timezone=campaign.timezone
        ),
        version=record.version,
        mirrored_at=at,
    )


def _answers(record: SubmissionRecord, campaign: Campaign) -> SubmissionAnswers:
    by_meaning = {
        row["meaning"]: str(record.answers.get(row["name"], "")) for row in _meanings(campaign)
    }
    return SubmissionAnswers(
        submission_id=record.id,
        answers=record.answers,
        email=by_meaning.get(Meaning.EMAIL, "").lower()[:254],
        given_name=by_meaning.get(Meaning.GIVEN_NAME, "")[:300],
        family_name=by_meaning.get(Meaning.FAMILY_NAME, "")[:300],
        given_name_key=fold(by_meaning.get(Meaning.GIVEN_NAME, ""))[:60],
        family_name_key=fold(by_meaning.get(Meaning.FAMILY_NAME, ""))[:60],
        phone=by_meaning.get(Meaning.PHONE, "")[:20],
    )


def _meanings(campaign: Campaign) -> list[dict[str, str]]:
    # Asked once per campaign and batch: the campaign object lives as long as the batch does.
    if not hasattr(campaign, "_meanings"):
        campaign._meanings = list(  # type: ignore[attr-defined]
            campaign.form_fields.exclude(meaning="").values("name", "meaning")
        )
    found: list[dict[str, str]] = campaign._meanings  # type: ignore[attr-defined]
    return found


def _events(record: SubmissionRecord) -> Iterable[SubmissionEvent]:
    kind = "received" if record.attempt == 1 else "sent_again"
    yield SubmissionEvent(
        submission_id=record.id,
        kind=kind,
        dedupe=f"{kind}:{record.attempt}",
        at=record.entered_at if record.attempt == 1 else record.written_at,
        detail={"status": record.status},
    )
    for body_hash in record.conflict_hashes:
        yield SubmissionEvent(
            submission_id=record.id,
            kind="conflict",
            dedupe=f"conflict:{body_hash}",
            at=record.written_at,
        )


def _mirror_images(batch: Iterable[ImageRecord]) -> None:
    rows = [
        ReceiptImage(
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
            exif=record.exif,
            checked_at=record.checked_at,
        )
        for record in batch
    ]
    ReceiptImage.objects.bulk_create(rows, ignore_conflicts=True)
    SubmissionEvent.objects.bulk_create(
        [
            SubmissionEvent(
                submission_id=row.submission_id,
                kind="checked",
                dedupe=f"checked:{row.key.rsplit('/', 1)[-1]}:{row.attempt}",
                at=row.checked_at,
                detail={"refusal": row.refusal},
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )
