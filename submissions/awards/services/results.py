"""A campaign's results: what came in, what was won, what is left and what it has cost. Tests count nowhere."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import Count, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import TruncDate

from campaigns.prizes.models import Prize, PrizeKind
from campaigns.prizes.rules.drawing import Pace
from campaigns.prizes.services.live_stock import live_stock
from campaigns.publishing.models import Release
from campaigns.publishing.services.releases import read_release
from campaigns.setup.models import Campaign
from ingest_lambda.contract import AwardState, Meaning, Mechanic, SubmissionStatus
from submissions.awards.rules.curves import StockCurve, stock_curve
from submissions.awards.rules.low_stock import Low, Unawarded, low_of, unawarded_of
from submissions.awards.services.stock import taken_of
from submissions.mirror.models import Award, Submission, SubmissionAnswers

MOST_DAYS = 120
"""The last days that are shown one by one; a campaign is rarely longer."""
MOST_NAMED = 10
"""Sources and stores with their numbers; the others are one line."""
KEPT_SECONDS = 60
_STORES_KEPT_SECONDS = 600
"""Answers are no index: a million of them are read at most every ten minutes."""
_DECIDED = (
    SubmissionStatus.APPROVED.value,
    SubmissionStatus.REJECTED.value,
    SubmissionStatus.REVOKED.value,
)
_BRANCHES = 400
"""SQLite takes 500 terms in one compound query."""

Counted = list[tuple[str, int]]


@dataclass
class PrizeResult:
    """What became of one prize. A code that was revoked stays given; a thing goes back into the stock."""

    name: str
    stock: int
    is_code: bool
    value: int | None
    """In minor units of the campaign's currency."""
    by_state: dict[str, int]
    days: list[int]
    """How many were given on each day, confirmed or reserved."""
    curve: StockCurve
    is_by_moment: bool
    closes_on: date | None
    unclaimed: str
    without_moment: int
    """How many units the manager's own list of moments left out."""

    @property
    def low(self) -> Low | None:
        """Return how low it runs while people enter, if it does."""
        return low_of(
            left=self.left,
            of=self.stock,
            empty_on=self.curve.empty_on,
            is_by_moment=self.is_by_moment,
            is_code=self.is_code,
            closes_on=self.closes_on,
        )

    @property
    def unawarded(self) -> dict[Unawarded, int]:
        """Return why what is left after the close was not awarded."""
        return unawarded_of(
            self.left,
            is_by_moment=self.is_by_moment,
            unclaimed=self.unclaimed,
            without_moment=self.without_moment,
        )

    @property
    def given(self) -> int:
        """Return how many are confirmed."""
        return self.by_state.get(AwardState.CONFIRMED.value, 0)

    @property
    def reserved(self) -> int:
        """Return how many wait for a review, or for their photos."""
        return self.by_state.get(AwardState.PROVISIONAL.value, 0)

    @property
    def left(self) -> int:
        """Return how many nobody has."""
        return max(0, self.stock - taken_of(self.by_state, is_code=self.is_code))

    @property
    def cost(self) -> int | None:
        """Return what the confirmed ones are worth, in minor units; ``None`` where a value was never entered."""
        return None if self.value is None else self.value * min(self.given, self.stock)

    @property
    def beyond(self) -> int:
        """Return how many got the shared code after the stock had ended."""
        return max(0, taken_of(self.by_state, is_code=self.is_code) - self.stock)


@dataclass
class Results:
    """The numbers behind a campaign's dashboard."""

    days: list[date] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    valid: list[int] = field(default_factory=list)
    by_status: dict[str, int] = field(default_factory=dict)
    sources: Counted = field(default_factory=list)
    stores: Counted = field(default_factory=list)
    languages: Counted = field(default_factory=list)
    prizes: list[PrizeResult] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Return how many entries there are."""
        return sum(self.by_status.values())

    @property
    def approved_share(self) -> int | None:
        """Return how many in a hundred of the decided were approved, if any was."""
        decided = sum(self.by_status.get(status, 0) for status in _DECIDED)
        approved = self.by_status.get(SubmissionStatus.APPROVED.value, 0)
        return round(100 * approved / decided) if decided else None

    @property
    def reserved(self) -> int:
        """Return how many awards are subject to validation."""
        return sum(prize.reserved for prize in self.prizes)

    @property
    def cost(self) -> int | None:
        """Return what all confirmed awards are worth, in minor units; ``None`` where no value is known."""
        known = [prize.cost for prize in self.prizes if prize.cost is not None]
        return sum(known) if known else None


def results_of(campaign: Campaign, *, now: datetime) -> Results:
    """Return a campaign's results, counted at most once a minute."""
    key = f"results:{campaign.pk.hex}"
    found: Results | None = cache.get(key)
    if found is None:
        found = _counted(campaign, now)
        cache.set(key, found, KEPT_SECONDS)
    return found


def _counted(campaign: Campaign, now: datetime) -> Results:
    rows = Submission.objects.order_by().filter(campaign=campaign, is_test=False)
    days = _days_of(campaign, now)
    by_status = dict(rows.values_list("status").annotate(count=Count("pk")))
    valid = rows.filter(status=SubmissionStatus.APPROVED.value)
    return Results(
        days=days,
        received=_a_day(rows, days, campaign),
        valid=_a_day(valid, days, campaign),
        by_status=by_status,
        sources=_most(rows.exclude(source="").values_list("source").annotate(count=Count("pk"))),
        stores=_stores(campaign),
        languages=_most(rows.values_list("locale").annotate(count=Count("pk"))),
        prizes=_prizes(campaign, days),
    )


def _days_of(campaign: Campaign, now: datetime) -> list[date]:
    """Return the days from the opening to today or the close, in the campaign's zone."""
    if campaign.opens_at is None or campaign.opens_at > now:
        return []
    zone = ZoneInfo(campaign.timezone)
    end = min(now, campaign.closes_at) if campaign.closes_at else now
    first, last = (at.astimezone(zone).date() for at in (campaign.opens_at, end))
    count = (last - first).days + 1
    return [last - timedelta(days=back) for back in reversed(range(min(count, MOST_DAYS)))]


def _a_day(rows: Any, days: Sequence[date], campaign: Campaign) -> list[int]:
    """Count the rows of each day as ranges of their index, as the home page does for its cards."""
    zone, counts = ZoneInfo(campaign.timezone), [0] * len(days)
    parts = [
        rows.filter(
            entered_at__gte=_midnight(day, zone),
            entered_at__lt=_midnight(day + timedelta(days=1), zone),
        )
        .values("campaign")
        .annotate(number=Value(number), count=Count("pk"))
        .values_list("number", "count")
        for number, day in enumerate(days)
    ]
    for begin in range(0, len(parts), _BRANCHES):
        chunk = parts[begin : begin + _BRANCHES]
        found = chunk[0].union(*chunk[1:], all=True) if len(chunk) > 1 else chunk[0]
        for number, count in found:
            counts[number] = count
    return counts


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _most(counts: Any) -> Counted:
    return [
        (str(name), count)
        for name, count in counts.order_by("-count", *counts.query.values_select)[:MOST_NAMED]
    ]


def _stores(campaign: Campaign) -> Counted:
    """Count the entries of each store, by the question that means it in the newest release."""
    key = f"results:stores:{campaign.pk.hex}"
    found: Counted | None = cache.get(key)
    if found is not None:
        return found
    newest = Release.objects.filter(campaign=campaign, is_test=False).order_by("-number")
    number = newest.values_list("number", flat=True).first()
    name = (
        read_release(campaign.pk, is_test=False, number=number).names.get(Meaning.STORE)
        if number
        else None
    )
    found = []
    if name:
        answers = SubmissionAnswers.objects.filter(
            submission__campaign=campaign, submission__is_test=False
        ).annotate(store=KeyTextTransform(name, "answers"))
        said = answers.exclude(Q(store=None) | Q(store=""))
        found = _most(said.values_list("store").annotate(count=Count("pk")))
    cache.set(key, found, _STORES_KEPT_SECONDS)
    return found


def _prizes(campaign: Campaign, days: Sequence[date]) -> list[PrizeResult]:
    awards = Award.objects.order_by().filter(campaign=campaign, is_test=False)
    states: dict[str, dict[str, int]] = defaultdict(dict)
    for prize, state, count in awards.values_list("prize", "state").annotate(count=Count("pk")):
        states[prize][state] = count
    zone = ZoneInfo(campaign.timezone)
    taken = awards.filter(state__in=(AwardState.CONFIRMED, AwardState.PROVISIONAL))
    by_day: dict[str, dict[date, int]] = defaultdict(dict)
    per_day = taken.annotate(day=TruncDate("awarded_at", tzinfo=zone))
    for prize, day, count in per_day.values_list("prize", "day").annotate(count=Count("pk")):
        by_day[prize][day] = count
    in_all = _length(campaign, days)
    results = []
    rows = Prize.objects.filter(campaign=campaign).select_related("brought")
    published = live_stock([campaign])
    for row in rows.order_by("position", "pk"):
        a_day = [by_day[row.key].get(day, 0) for day in days]
        stock = published.get((campaign.pk, row.key), row.stock)
        curve = stock_curve(stock, a_day, first=days[0] if days else date.min, days_in_all=in_all)
        results.append(
            PrizeResult(
                name=str(row),
                stock=stock,
                is_code=row.kind == PrizeKind.CODE,
                value=row.value,
                by_state=states[row.key],
                days=a_day,
                curve=curve,
                is_by_moment=row.mechanic == Mechanic.MOMENT,
                closes_on=campaign.closes_at.astimezone(zone).date()
                if campaign.closes_at
                else None,
                unclaimed=row.unclaimed,
                without_moment=_without_moment(row),
            )
        )
    return results


def _without_moment(row: Prize) -> int:
    if row.pace != Pace.LIST:
        return 0
    return max(0, row.stock - (len(row.brought.times) if hasattr(row, "brought") else 0))


def _length(campaign: Campaign, days: Sequence[date]) -> int:
    """Return how many days there are from the first one shown to the close."""
    if not days or campaign.closes_at is None:
        return len(days)
    last = (campaign.closes_at - timedelta(microseconds=1)).astimezone(ZoneInfo(campaign.timezone))
    return max(len(days), (last.date() - days[0]).days + 1)
