"""Numbers of live campaigns: entries a day, where they came from, and how many of the decided were approved."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from campaigns.setup.models import Campaign
from ingest_lambda.contract import SubmissionStatus
from submissions.mirror.models import Submission
from submissions.mirror.services.campaign_cache import once_a_minute

DAYS = 14
MOST_SOURCES = 3
"""Posters and newsletters named with their numbers; anyone may make up more of them."""

_WIDTH, _HEIGHT = 260, 44
_APPROVED = (SubmissionStatus.APPROVED.value,)
_DECIDED = (
    SubmissionStatus.APPROVED.value,
    SubmissionStatus.REJECTED.value,
    SubmissionStatus.REVOKED.value,
)


@dataclass
class CampaignStats:
    """Entries of the last days, oldest first, and totals by status."""

    days: list[int] = field(default_factory=lambda: [0] * DAYS)
    by_status: dict[str, int] = field(default_factory=dict)
    sources: list[tuple[str, int]] = field(default_factory=list)
    """What most entries came from, by what the page's address said; the most first."""

    @property
    def total(self) -> int:
        """Return how many entries there are in all."""
        return sum(self.by_status.values())

    @property
    def today(self) -> int:
        """Return how many came today, in the campaign's zone."""
        return self.days[-1]

    @property
    def approved_share(self) -> int | None:
        """Return how many in a hundred of the decided were approved, if any was decided."""
        decided = sum(self.by_status.get(status, 0) for status in _DECIDED)
        approved = sum(self.by_status.get(status, 0) for status in _APPROVED)
        return round(100 * approved / decided) if decided else None

    @property
    def line(self) -> str:
        """Return the sparkline's path, in a box of 260 by 44."""
        most = max(*self.days, 1)
        step = _WIDTH / (DAYS - 1)
        points = [
            f"{number * step:.1f} {_HEIGHT - 3 - count / most * (_HEIGHT - 8):.1f}"
            for number, count in enumerate(self.days)
        ]
        return "M" + " L".join(points)

    @property
    def area(self) -> str:
        """Return the path of what is below the line."""
        return f"{self.line} L{_WIDTH} {_HEIGHT} L0 {_HEIGHT} Z"


def stats_of(campaigns: Sequence[Campaign], *, now: datetime) -> dict[UUID, CampaignStats]:
    """Return the numbers of each campaign, with three queries for all of them."""
    if not campaigns:
        return {}
    return once_a_minute("campaign_stats", campaigns, lambda: _counted(campaigns, now))


def _counted(campaigns: Sequence[Campaign], now: datetime) -> dict[UUID, CampaignStats]:
    stats = {campaign.pk: CampaignStats() for campaign in campaigns}
    rows = Submission.objects.order_by().filter(is_test=False)
    for pk, status, count in (
        rows.filter(campaign__in=list(stats))
        .values_list("campaign", "status")
        .annotate(count=Count("pk"))
    ):
        stats[pk].by_status[status] = count
    for pk, source, count in _source_counts(rows, campaigns):
        stats[pk].sources.append((source, count))
    for pk, number, count in _day_counts(rows, campaigns, now):
        stats[pk].days[number] = count
    return stats


def _source_counts(rows: Any, campaigns: Sequence[Campaign]) -> QuerySet[Any]:
    """Count the entries of the most frequent sources of each campaign, from an index that holds sources alone."""
    counts: QuerySet[Any] = (
        rows.filter(~Q(source=""), campaign__in=campaigns)
        .values("campaign", "source")
        .annotate(count=Count("pk"))
        .annotate(
            place=Window(
                RowNumber(), partition_by=F("campaign"), order_by=(F("count").desc(), F("source"))
            )
        )
        .filter(place__lte=MOST_SOURCES)
        .order_by("campaign", "place")
        .values_list("campaign", "source", "count")
    )
    return counts


def _day_counts(rows: Any, campaigns: Sequence[Campaign], now: datetime) -> QuerySet[Any]:
    """Count the entries of each day as ranges of the index (campaign, entered_at).

    Not by truncating the time of each row: on SQLite that calls Python once a row.
    Days begin at midnight in the campaign's zone.
    """
    zones: dict[str, list[UUID]] = defaultdict(list)
    for campaign in campaigns:
        zones[campaign.timezone].append(campaign.pk)
    parts = []
    for name, members in zones.items():
        zone = ZoneInfo(name)
        today = now.astimezone(zone).date()
        for number in range(DAYS):
            day = today - timedelta(days=DAYS - 1 - number)
            parts.append(
                rows.filter(
                    campaign__in=members,
                    entered_at__gte=_midnight(day, zone),
                    entered_at__lt=_midnight(day + timedelta(days=1), zone),
                )
                .values("campaign")
                .annotate(number=Value(number), count=Count("pk"))
                .values_list("campaign", "number", "count")
            )
    counts: QuerySet[Any] = parts[0].union(*parts[1:], all=True)
    return counts


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
