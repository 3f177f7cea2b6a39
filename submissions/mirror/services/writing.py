"""What the table says, written as rows, whatever order it comes in."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q

from campaigns.publishing.services.releases import NoSuchRelease, PublishedRelease, read_release
from campaigns.setup.models import Campaign
from ingest_lambda.contract import (
    AwardRecord,
    ImageRecord,
    MessageRecord,
    Mode,
    Record,
    SubmissionRecord,
)
from submissions.mirror.models import DeletedTest, Submission, SubmissionEvent
from submissions.mirror.services import rows
from submissions.mirror.services.upsert import insert_missing, upsert

SETTLES_WITHIN = timedelta(minutes=15)
"""What came later than this may still be on its way here: no comparison judges it yet."""

Placed = tuple[int, Record]
"""A record with its place in the batch."""

R = TypeVar("R", SubmissionRecord, ImageRecord, MessageRecord, AwardRecord)


@dataclass(frozen=True)
class Shown:
    """A version of a submission, and the status that everybody sees."""

    record: SubmissionRecord
    status: str


@dataclass
class Written:
    """What a batch brought, for the rooms that write more rows from it in the same transaction."""

    campaigns: dict[str, Campaign] = field(default_factory=dict)
    """By the ids that records name them by."""
    unknown: list[tuple[int, str]] = field(default_factory=list)
    """The places of submissions whose campaign or release is not known here, and which of them; nothing was written."""
    submissions: list[SubmissionRecord] = field(default_factory=list)
    """All others, each version that came."""
    shown: list[Shown] = field(default_factory=list)
    """Of each submission the newest version, where no newer one was here already."""
    photos: list[ImageRecord] = field(default_factory=list)
    awards: list[AwardRecord] = field(default_factory=list)
    """Of each award the newest version that came."""


def write_records(batch: Sequence[Placed], *, at: datetime) -> Written:
    """Write a batch of records, in the caller's transaction.

    Of one submission only the newest version stays; images, messages and events
    are written once. Nothing is written of a test that was deleted.

    Raises:
        DataError, IntegrityError, ValueError, OverflowError: a record that the
            database cannot hold; the whole batch is to be rolled back.
    """
    gone = _deleted([record for _, record in batch])
    batch = [(place, record) for place, record in batch if _about(record) not in gone]
    records = [record for _, record in batch]
    written, events = _write_submissions(batch, at)
    written.photos = _newest(records, ImageRecord, lambda image: image.key)
    images = [rows.image_row(record) for record in written.photos]
    insert_missing(images, unique=("key",))
    events += [rows.image_event(row) for row in images]
    messages = _newest(records, MessageRecord, lambda one: (one.submission_id, one.message_id))
    upsert(
        [rows.message_row(record) for record in messages],
        update=("kind", "body", "entered_at", "version"),
        only_if_newer="version",
        unique=("submission_id", "message_id"),
    )
    events += [rows.message_event(record) for record in messages]
    awards = _newest(records, AwardRecord, lambda award: (award.submission_id, award.prize))
    by_slug = _campaigns_of({record.slug for record in awards if record.slug})
    written.unknown += [
        (place, "unknown_campaign")
        for place, record in batch
        if isinstance(record, AwardRecord) and record.slug and record.slug not in by_slug
    ]
    written.awards = awards = [one for one in awards if not one.slug or one.slug in by_slug]
    upsert(
        [rows.award_row(record, by_slug.get(record.slug or "")) for record in awards],
        update=rows.AWARD_FACTS,
        only_if_newer="version",
        unique=("submission_id", "prize"),
    )
    insert_missing(events, unique=("submission_id", "dedupe"))
    return written


def _write_submissions(
    batch: Sequence[Placed], at: datetime
) -> tuple[Written, list[SubmissionEvent]]:
    pairs = [(place, record) for place, record in batch if isinstance(record, SubmissionRecord)]
    campaigns = _campaigns({record.campaign_id for _, record in pairs})
    releases = _releases([record for _, record in pairs], campaigns)
    known = [record for _, record in pairs if _key(record) in releases]
    written = Written(
        campaigns=campaigns,
        unknown=[
            (place, "unknown_release" if record.campaign_id in campaigns else "unknown_campaign")
            for place, record in pairs
            if _key(record) not in releases
        ],
        submissions=known,
    )
    if not known:
        return written, []
    newest = _newest(known, SubmissionRecord, lambda record: record.id)
    ids = [record.id for record in newest]
    decided = {
        pk: rows.Decided(number, status, attempt, decide_by)
        # Locked, so that no verdict falls between this look and the write of the status below.
        # (SQLite locks the whole database when the transaction begins; see the settings.)
        for pk, number, status, attempt, decide_by in Submission.objects.filter(pk__in=ids)
        .order_by("pk")
        .select_for_update()
        .values_list("pk", "decision_no", "decision_status", "decided_attempt", "decide_by")
    }
    upsert(
        [
            rows.submission_row(
                record,
                campaigns[record.campaign_id].pk,
                releases[_key(record)],
                decided.get(record.id, rows.Decided()),
                at,
            )
            for record in newest
        ],
        update=rows.INGEST_FACTS,
        only_if_newer="version",
    )
    _adopt(newest, decided)
    checks = [
        rows.photo_check(record, decided.get(record.id, rows.Decided()), at) for record in newest
    ]
    insert_missing([check for check in checks if check], unique=("submission",))
    # Answers carry no version of their own: they follow the row that has just been settled.
    settled = {
        pk: (version, status)
        for pk, version, status in Submission.objects.filter(pk__in=ids).values_list(
            "pk", "version", "status"
        )
    }
    here = [record for record in newest if settled[record.id][0] == record.version]
    upsert(
        [rows.answers_row(record, releases[_key(record)]) for record in here],
        update=rows.ANSWERS,
    )
    upsert(
        [
            row
            for record in here
            for row in rows.consent_rows(
                record, campaigns[record.campaign_id].pk, releases[_key(record)]
            )
        ],
        update=("version", "answer", "entered_at"),
        unique=("submission", "name"),
    )
    events = [event for record in known for event in rows.submission_events(record)]
    written.shown = [Shown(record, settled[record.id][1]) for record in here]
    return written, events


def _deleted(records: Iterable[Record]) -> set[UUID]:
    """Return which test submissions, that ``records`` are or belong to, have been deleted.

    A live submission says so itself, and a batch of these alone asks for none.
    """
    ids = {
        _about(record)
        for record in records
        if not (isinstance(record, SubmissionRecord) and record.mode is Mode.LIVE)
    }
    if not ids:
        return set()
    return set(DeletedTest.objects.filter(pk__in=ids).values_list("pk", flat=True))


def _about(record: Any) -> UUID:
    about: UUID = record.id if isinstance(record, SubmissionRecord) else record.submission_id
    return about


def _campaigns(wanted: Iterable[str]) -> dict[str, Campaign]:
    """Return the campaigns by the ids that records name them by: their own, or that of their tests.

    With their ids and no more: a campaign carries every text in every language.
    """
    ids = [UUID(text) for text in wanted if _is_uuid(text)]
    if not ids:
        return {}
    found = {}
    named = Campaign.objects.filter(Q(pk__in=ids) | Q(test_id__in=ids))
    for campaign in named.only("test_id"):
        found[str(campaign.pk)] = found[str(campaign.test_id)] = campaign
    return found


def _campaigns_of(slugs: set[str]) -> dict[str, Campaign]:
    """Return the campaigns by the slugs that awards name them by, of the page or of its test."""
    if not slugs:
        return {}
    named = Campaign.objects.filter(Q(slug__in=slugs) | Q(test_slug__in=slugs))
    found = named.only("slug", "test_slug")
    return {slug: campaign for campaign in found for slug in (campaign.slug, campaign.test_slug)}


def _key(record: SubmissionRecord) -> tuple[str, int]:
    return record.campaign_id, record.release


def _releases(
    records: Iterable[SubmissionRecord], campaigns: Mapping[str, Campaign]
) -> dict[tuple[str, int], PublishedRelease]:
    """Return the releases that are known here of those that ``records`` name, by their keys."""
    found = {}
    named = {_key(record): record for record in records if record.campaign_id in campaigns}
    for key, record in named.items():
        campaign_id, is_test = campaigns[record.campaign_id].pk, record.mode is Mode.TEST
        with suppress(NoSuchRelease):
            found[key] = read_release(campaign_id, is_test=is_test, number=record.release)
    return found


def _adopt(records: Iterable[SubmissionRecord], decided: Mapping[UUID, rows.Decided]) -> None:
    """Take decisions from the table that were lost here; see :class:`rows.Decided`."""
    for record in records:
        ours = decided.get(record.id)
        if ours is not None and record.decision_no > ours.decision_no:
            row = Submission(pk=record.id)
            rows.adopt_decision(row, record)
            Submission.objects.filter(pk=record.id, decision_no=ours.decision_no).update(
                **{name: getattr(row, name) for name in rows.DECISION}
            )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _newest(records: Iterable[Record], kind: type[R], key: Callable[[R], Hashable]) -> list[R]:
    """Return the records of one kind, of several with one key the newest version."""
    newest: dict[Hashable, R] = {}
    for record in records:
        if isinstance(record, kind):
            known = newest.get(key(record))
            if known is None or known.version < record.version:
                newest[key(record)] = record
    return list(newest.values())
