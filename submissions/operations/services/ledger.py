"""The ledger: what the table holds is what is here, proved by count and hash per campaign and hour of entry.

The index by hour knows submissions alone; their photos, messages and prizes are
compared by ``ledger_rounds``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from campaignhub import ingest
from campaigns.setup.models import Campaign
from submissions.intake.services.repair import bring_here
from submissions.mirror.models import DeletedTest, Submission
from submissions.operations.models import LedgerCheck
from submissions.operations.rules.ledger import Tally, hours_between
from submissions.operations.services import dead_letters

LATEST = timedelta(hours=50)
"""After the close: a page that was open then may send for a day, and a queue may hold it for another."""
HOUR = timedelta(hours=1)
Span = tuple[datetime, datetime]
"""An hour of entry, or the part of it that is looked at; the end is exclusive."""
_NAMED = 20
MOST_REPAIRED = 1000
"""Entries of an hour that are brought here at once: some ten seconds of reading."""


@dataclass
class HourReceived:
    """One hour of one campaign, on both sides."""

    campaign: str
    hour: str
    is_test: bool
    stored: dict[str, int]
    """In the table, by state."""
    mirrored: int
    """Here, before the repair."""
    repaired: int = 0
    gaps: list[str] = field(default_factory=list)
    """Ids that still differ after it; at most twenty are named."""
    gap_count: int = 0
    only_in_table: int = 0
    """Of these, what the table has and this site has not, or in an older version."""
    only_here: int = 0
    """Of these, what this site has and the table has not, or in an older version."""


def reconcile(
    *,
    at: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    campaigns: Sequence[Campaign] | None = None,
    repair: bool = True,
) -> LedgerCheck:
    """Compare every hour of entry from ``since`` on, bring here what is missing, and keep the result.

    Entries from ``until`` on are left out: what came a moment ago may still be
    on its way, and brought here before the mirror brings it, it would be
    reported as lost.

    A submission that the table has and we do not, or in a later version, is
    read from the table and taken in as the mirror would have done. One that we
    have and the table does not is a gap that nobody closes by himself. A
    verdict on its way is none: versions are the table's own.

    Raises:
        IngestBusy: the table is busy or away; nothing is kept, ask again.
    """
    check = begin_check(at=at, since=since, until=until)
    for campaign in Campaign.objects.all() if campaigns is None else campaigns:
        for is_test, span in spans_of(campaign, at=at, since=since, until=until):
            while compare_span(campaign, is_test, span, check, repair=repair):
                pass
    return end_check(check)


def begin_check(
    *, at: datetime, since: datetime | None = None, until: datetime | None = None
) -> LedgerCheck:
    """Return a comparison in which nothing was compared yet; it is kept by :func:`end_check`."""
    none: dict[str, Any] = dict.fromkeys(("hours", "stored", "mirrored", "repaired", "gaps"), 0)
    return LedgerCheck(begun_at=at, since=since, until=until or at, rows=[], **none)


def end_check(check: LedgerCheck) -> LedgerCheck:
    """Keep a comparison, with the depths of the queues beside it."""
    check.depths = {
        f"{held.name}{suffix}": count
        for held in dead_letters.depths()
        for suffix, count in (("", held.waiting), ("-dead", held.dead))
    }
    check.ended_at = datetime.now(UTC)
    check.save()
    return check


def spans_of(
    campaign: Campaign,
    *,
    at: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[tuple[bool, Span]]:
    """Yield the hours of a campaign and of its tests that are to be compared; ``until`` cuts the last."""
    for is_test in (False, True):
        for hour in _hours(campaign, since=since, at=until or at, is_test=is_test):
            yield is_test, (hour, min(hour + HOUR, until or hour + HOUR))


def _hours(
    campaign: Campaign, *, since: datetime | None, at: datetime, is_test: bool
) -> Iterator[datetime]:
    """Return the hours in which somebody may have entered: from the first release until well after the close."""
    releases = campaign.releases.filter(is_test=is_test)
    first = releases.order_by("published_at").first()
    begins_at = None if first is None else first.published_at
    known = Submission.objects.filter(campaign=campaign, is_test=is_test)
    oldest = known.order_by("entered_at").values_list("entered_at", flat=True).first()
    begins = [moment for moment in (begins_at, oldest) if moment is not None]
    if not begins:
        return iter(())
    ends_at = at
    if campaign.closes_at is not None:
        newest = known.order_by("-entered_at").values_list("entered_at", flat=True).first()
        last = max(campaign.closes_at + LATEST, newest or campaign.closes_at)
        ends_at = min(at, last + HOUR)
    return hours_between(max(min(begins), since) if since else min(begins), ends_at)


def compare_span(
    campaign: Campaign, is_test: bool, span: Span, check: LedgerCheck, *, repair: bool
) -> bool:
    """Compare one hour and add to the comparison what came of it; ``True`` where it is to be done again.

    That is where more is missing here than is repaired at once (:data:`MOST_REPAIRED`), so
    that nothing takes minutes.

    Raises:
        IngestBusy: the table is busy or away; the comparison is as it was.
    """
    stored, mirrored = Tally(), Tally()
    for line in _lines(campaign, span, is_test):
        stored.add(line.id, line.version, line.status)
    for submission_id, version, status in _rows(campaign, span, is_test):
        mirrored.add(submission_id, version, status)
    if stored.agrees_with(mirrored):
        check.hours += 1
        check.stored += stored.count
        check.mirrored += mirrored.count
        return False
    hour = HourReceived(
        campaign=campaign.slug,
        hour=span[0].isoformat(),
        is_test=is_test,
        stored=dict(stored.by_state),
        mirrored=mirrored.count,
    )
    theirs = {line.id: line.version for line in _lines(campaign, span, is_test)}
    if is_test:
        for pk in DeletedTest.objects.filter(pk__in=theirs).values_list("pk", flat=True):
            del theirs[pk]
    ours = {row[0]: row[1] for row in _rows(campaign, span, is_test)}
    behind = [pk for pk, version in theirs.items() if version > ours.get(pk, 0)]
    if (
        repair
        and len(behind) > MOST_REPAIRED
        and (taken := bring_here(behind[:MOST_REPAIRED], at=check.begun_at))
    ):
        check.repaired += len(taken)
        return True
    gaps = [
        pk
        for pk, version in ours.items()
        if version > theirs.get(pk, 0) and not _is_stored(pk, version)
    ]
    check.hours += 1
    check.stored += stored.count
    check.mirrored += mirrored.count
    if repair:
        taken = bring_here(behind, at=check.begun_at)
        hour.repaired = len(taken)
        check.mirrored += sum(pk not in ours for pk in taken)
        behind = [pk for pk in behind if pk not in taken]
    hour.only_in_table, hour.only_here = len(behind), len(gaps)
    gaps += behind
    hour.gap_count = len(gaps)
    hour.gaps = [str(pk) for pk in gaps[:_NAMED]]
    if hour.repaired or gaps:
        check.rows.append(asdict(hour))
        check.repaired += hour.repaired
        check.gaps += bool(gaps)
    return False


def _is_stored(submission_id: UUID, version: int) -> bool:
    """Ask the table itself, for its index may be a moment behind."""
    record = ingest.read_submission(submission_id)
    return record is not None and record.version >= version


def _lines(campaign: Campaign, span: Span, is_test: bool) -> Iterator[ingest.LedgerLine]:
    begins_at, ends_at = span
    table_id = str(campaign.test_id if is_test else campaign.pk)
    lines = ingest.submissions_of_hour(table_id, begins_at)
    return (line for line in lines if line.entered_at < ends_at)


def _rows(campaign: Campaign, span: Span, is_test: bool) -> Iterator[Any]:
    return (
        Submission.objects.filter(
            campaign=campaign,
            is_test=is_test,
            entered_at__gte=span[0],
            entered_at__lt=span[1],
        )
        .order_by()
        .values_list("pk", "version", "status")
        .iterator(chunk_size=5000)
    )
