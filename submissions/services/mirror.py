"""The mirror: what the table says, in Django, whatever order it comes in."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.db.models import Q

from campaigns.setup.models import Campaign, FormField
from ingest_lambda.contract import (
    AwardRecord,
    ImageRecord,
    MessageRecord,
    Record,
    SubmissionRecord,
    read_stream_record,
)
from submissions.models import DeletedTest, Submission, SubmissionEvent
from submissions.services import mirror_rows as rows
from submissions.services.files import Shown, note_files
from submissions.services.suspects import review_suspects
from submissions.services.upsert import insert_missing, upsert

_NOT_TAKEN = (DataError, IntegrityError, ValueError, OverflowError)
"""What a database says to a record that it cannot hold. That it is away or busy is another matter."""

SETTLES_WITHIN = timedelta(minutes=15)
"""What came later than this may still be on its way here: no comparison judges it yet."""

Heard = tuple[int, Record]
"""A record with its place in the batch."""

R = TypeVar("R", SubmissionRecord, ImageRecord, MessageRecord, AwardRecord)


@dataclass
class Mirrored:
    """What became of a batch: how many were taken in, and which could not be (place, why)."""

    taken: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def mirror_stream_records(records: Sequence[Any], *, at: datetime) -> Mirrored:
    """Take in a batch of stream records, in one transaction.

    Any record may come twice, late or out of order: of one submission only the
    newest version stays, images, messages and events are written once. A record
    that cannot be read, whose campaign is not known here, or that the database
    does not take, is named in the answer and left to the queue's redrive, so
    that it neither blocks the others nor is lost.
    """
    result = Mirrored()
    heard: list[Heard] = []
    for place, raw in enumerate(records):
        try:
            record = read_stream_record(raw)
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            result.refused.append((place, type(exc).__name__))
            continue
        if record is None:
            result.taken += 1
        else:
            heard.append((place, record))
    _take_in(heard, result, at, tell=True)
    return result


def mirror_records(records: Sequence[Record], *, at: datetime, tell: bool) -> Mirrored:
    """Take in records that were read from the table itself; without ``tell`` nobody gets a mail.

    Refuses as :func:`mirror_stream_records` does.
    """
    result = Mirrored()
    _take_in(list(enumerate(records)), result, at, tell=tell)
    return result


def _take_in(heard: Sequence[Heard], result: Mirrored, at: datetime, *, tell: bool) -> None:
    """Write a batch; where one record spoils it, find that one by halving, so that the others go in."""
    if not heard:
        return
    try:
        with transaction.atomic():
            strangers = _write(heard, at, tell=tell)
    except _NOT_TAKEN as exc:
        if len(heard) == 1:
            result.refused.append((heard[0][0], type(exc).__name__))
            return
        middle = len(heard) // 2
        _take_in(heard[:middle], result, at, tell=tell)
        _take_in(heard[middle:], result, at, tell=tell)
        return
    result.refused += [(place, "unknown_campaign") for place in strangers]
    result.taken += len(heard) - len(strangers)
    # After the commit: of two workers, one with a submission and one with its photo, the later
    # sees both. Should we die before, the batch comes again.
    review_suspects(
        {r.id for _, r in heard if isinstance(r, SubmissionRecord)}
        | {r.submission_id for _, r in heard if isinstance(r, ImageRecord)},
        at=at,
    )


def _write(heard: Sequence[Heard], at: datetime, *, tell: bool) -> list[int]:
    """Write a batch; return the places of submissions whose campaign nobody knows here."""
    gone = _deleted(record for _, record in heard)
    heard = [(place, record) for place, record in heard if _about(record) not in gone]
    said = [record for _, record in heard]
    strangers, events, shown = _write_submissions(heard, at, tell=tell)
    photos = _newest(said, ImageRecord, lambda image: image.key)
    images = [rows.image_row(record) for record in photos]
    insert_missing(images, unique=("key",))
    note_files(photos, shown)
    events += [rows.image_event(row) for row in images]
    messages = _newest(said, MessageRecord, lambda one: (one.submission_id, one.message_id))
    upsert(
        [rows.message_row(record) for record in messages],
        update=("kind", "body", "entered_at", "version"),
        only_if_newer="version",
        unique=("submission_id", "message_id"),
    )
    events += [rows.message_event(record) for record in messages]
    awards = _newest(said, AwardRecord, lambda award: (award.submission_id, award.prize))
    upsert(
        [rows.award_row(record) for record in awards],
        update=("unit", "state", "moment_at", "version"),
        only_if_newer="version",
        unique=("submission_id", "prize"),
    )
    insert_missing(events, unique=("submission_id", "dedupe"))
    return strangers


def _write_submissions(
    heard: Sequence[Heard], at: datetime, *, tell: bool
) -> tuple[list[int], list[SubmissionEvent], list[Shown]]:
    pairs = [(place, record) for place, record in heard if isinstance(record, SubmissionRecord)]
    known_campaigns = _campaigns({record.campaign_id for _, record in pairs})
    strangers = [place for place, record in pairs if record.campaign_id not in known_campaigns]
    known = [record for _, record in pairs if record.campaign_id in known_campaigns]
    if not known:
        return strangers, [], []
    newest = _newest(known, SubmissionRecord, lambda record: record.id)
    ids = [record.id for record in newest]
    decided = {
        row["pk"]: rows.Decided(row["decision_no"], row["decision_status"], row["decided_attempt"])
        # Locked, so that no verdict falls between this look and the write of the status below.
        # (SQLite locks the whole database when the transaction begins; see the settings.)
        for row in Submission.objects.filter(pk__in=ids)
        .order_by("pk")
        .select_for_update()
        .values("pk", "decision_no", "decision_status", "decided_attempt")
    }
    upsert(
        [
            rows.submission_row(
                record,
                known_campaigns[record.campaign_id],
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
    meanings = _meanings(known_campaigns.values())
    upsert(
        [
            rows.answers_row(record, meanings.get(known_campaigns[record.campaign_id].pk, {}))
            for record in here
        ],
        update=rows.ANSWERS,
    )
    # Where nobody is told, that is written down: a later version of the record comes with ``tell``.
    # Who entered this minute is still to be told, by the record that is on its way.
    told = [one for one in known if tell or one.entered_at < at - SETTLES_WITHIN]
    mails = [
        rows.received_mail(record, known_campaigns[record.campaign_id], at, tell=tell)
        for record in told
    ]
    insert_missing([mail for mail in mails if mail], unique=("submission", "event"))
    events = [event for record in known for event in rows.submission_events(record)]
    return strangers, events, [Shown(record, settled[record.id][1]) for record in here]


def _deleted(records: Iterable[Record]) -> set[UUID]:
    """Return which test submissions, that ``records`` are or belong to, were deleted meanwhile."""
    ids = {_about(record) for record in records}
    return set(DeletedTest.objects.filter(pk__in=ids).values_list("pk", flat=True))


def _about(record: Any) -> UUID:
    about: UUID = record.id if isinstance(record, SubmissionRecord) else record.submission_id
    return about


def _campaigns(wanted: Iterable[str]) -> dict[str, Campaign]:
    """Return the campaigns by the ids that records name them by: their own, or that of their tests."""
    ids = [UUID(text) for text in wanted if _is_uuid(text)]
    found = {}
    for campaign in Campaign.objects.filter(Q(pk__in=ids) | Q(test_id__in=ids)):
        found[str(campaign.pk)] = found[str(campaign.test_id)] = campaign
    return found


def _meanings(campaigns: Iterable[Campaign]) -> dict[UUID, dict[str, str]]:
    """Return, by campaign, the name of the field that carries each meaning."""
    meanings: dict[UUID, dict[str, str]] = {}
    fields = FormField.objects.filter(campaign__in=set(campaigns)).exclude(meaning="")
    for campaign_id, meaning, name in fields.values_list("campaign_id", "meaning", "name"):
        meanings.setdefault(campaign_id, {})[meaning] = name
    return meanings


def _adopt(records: Iterable[SubmissionRecord], decided: Mapping[UUID, rows.Decided]) -> None:
    """Take decisions from the table that were lost here; see :class:`mirror_rows.Decided`."""
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
