"""Who got what: the awards of campaigns, the newest first, and the code of one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from campaignhub import ingest
from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from campaigns.prizes.models import Prize
from campaigns.setup.models import Campaign
from ingest_lambda.contract import AwardState
from submissions.mirror.models import Award, Submission
from submissions.mirror.services.by_campaign import first_of

MOST_DAYS = 62
"""Days that a list is narrowed to, counted back from the last award."""
_STATES = tuple(state.value for state in AwardState)
_NEWEST_FIRST = ("-awarded_at", "-id")


class NoCodeToShow(DomainError):
    """The award has no code, or the stock does not answer."""


@dataclass(frozen=True)
class WantedAwards:
    """What is looked for; ``older_than`` is the last row of the page before: its time and its id."""

    prize: str = ""
    state: str = ""
    between: tuple[datetime, datetime] | None = None
    older_than: tuple[datetime, int] | None = None


def find_awards(
    wanted: WantedAwards, *, campaigns: Mapping[UUID, Sequence[str]], most: int
) -> list[Award]:
    """Return up to ``most`` awards, the newest first; tests are left out.

    ``campaigns`` holds the keys of each campaign's prizes. Every query is answered from an
    index, at a million awards too: what is narrowed is read prize by prize and state by
    state, because no index goes on from some of either.
    """
    rows = Award.objects.filter(is_test=False, awarded_at__isnull=False)
    if wanted.between:
        begins, ends = wanted.between
        rows = rows.filter(awarded_at__gte=begins, awarded_at__lt=ends)
    if wanted.older_than:
        at, pk = wanted.older_than
        # The first condition is the one that an index can start from.
        rows = rows.filter(Q(awarded_at__lte=at), Q(awarded_at__lt=at) | Q(pk__lt=pk))
    if not wanted.prize and not wanted.state:
        branches = [rows.filter(campaign=campaign) for campaign in campaigns]
    else:
        branches = [
            rows.filter(campaign=campaign, prize=prize, state=state)
            for campaign, prizes in campaigns.items()
            for prize in prizes
            if wanted.prize in ("", prize)
            for state in _STATES
            if wanted.state in ("", state)
        ]
    ids = first_of(branches, order=_NEWEST_FIRST, most=most)
    by_id = Award.objects.select_related("campaign__client").in_bulk(ids)
    return [by_id[pk] for pk in ids if pk in by_id]


def prizes_by_campaign(campaigns: Sequence[UUID]) -> dict[UUID, dict[str, Prize]]:
    """Return the prizes of each campaign by their keys, in the order of the tab, with one query."""
    found: dict[UUID, dict[str, Prize]] = {pk: {} for pk in campaigns}
    for prize in Prize.objects.filter(campaign__in=campaigns).order_by("position", "pk"):
        found[prize.campaign_id][prize.key] = prize
    return found


def references_of(awards: Sequence[Award]) -> dict[UUID, str]:
    """Return the reference of each award's entry, as far as the entry is here."""
    ids = [award.submission_id for award in awards]
    return dict(Submission.objects.filter(pk__in=ids).values_list("pk", "reference"))


def days_with_awards(campaign: Campaign, *, today: date) -> list[date]:
    """Return the days, in the campaign's zone, on which something may have been won, the newest first.

    From the last award back to the opening, ``MOST_DAYS`` at most.
    """
    if campaign.opens_at is None:
        return []
    zone = ZoneInfo(campaign.timezone)
    awards = Award.objects.filter(campaign=campaign, is_test=False, awarded_at__isnull=False)
    newest = awards.order_by("-awarded_at").values_list("awarded_at", flat=True).first()
    if newest is None:
        return []
    last, first = (
        min(newest.astimezone(zone).date(), today),
        campaign.opens_at.astimezone(zone).date(),
    )
    count = min((last - first).days + 1, MOST_DAYS)
    return [last - timedelta(days=back) for back in range(max(count, 0))]


def day_between(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the instants between which a day lies in a zone, the second one exclusive."""
    here = ZoneInfo(zone)
    begins, ends = (
        datetime.combine(one, time.min, tzinfo=here) for one in (day, day + timedelta(days=1))
    )
    return begins, ends


def read_code(award: Award, *, actor: User, at: datetime) -> str:
    """Return the code that an entry has won, from the stock, and note in the log that ``actor`` saw it.

    The line names the entry, the prize and the unit, never the code. That of a reserved
    prize is shown to nobody: it may go back into the stock, for another to win.

    Raises:
        NoCodeToShow: the prize is reserved, the unit went back or has no code, or the stock does
            not answer now.
    """
    if award.state == AwardState.PROVISIONAL:
        raise NoCodeToShow("The prize is reserved. Its code is shown once the entry is approved.")
    submission = Submission.objects.filter(pk=award.submission_id).first()
    if submission is None or award.campaign is None:
        raise NoCodeToShow("The entry of this prize hasn't arrived yet. Try again in a minute.")
    known_as = award.campaign.test_id if award.is_test else award.campaign_id
    try:
        given = ingest.read_given(str(known_as), award.prize, award.unit)
    except ingest.IngestBusy as exc:
        raise NoCodeToShow("The code can't be read just now. Try again in a minute.") from exc
    if given is None or given.submission_id != award.submission_id or not given.code:
        raise NoCodeToShow("This entry has no code: the prize went back into the stock.")
    audit.record(
        submission,
        "prize.code_viewed",
        actor=actor,
        at=at,
        after={"prize": award.prize, "unit": award.unit},
    )
    return given.code
