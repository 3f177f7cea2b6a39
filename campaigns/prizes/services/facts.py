"""Prizes of a campaign as its rows say, for checks, sentences and the rules."""

from dataclasses import fields
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from campaigns.prizes.models import Prize, PrizeKind
from campaigns.prizes.rules.drawing import Pace
from campaigns.prizes.rules.facts import PrizeFacts
from campaigns.prizes.rules.forecast import Forecast
from campaigns.prizes.rules.plan import forecast_of
from campaigns.prizes.rules.words import sentence_of
from campaigns.setup.models import Campaign
from ingest_lambda.contract import ReviewMode

_COLUMNS = {field.name for field in fields(PrizeFacts)} & {
    field.name for field in Prize._meta.concrete_fields
}
_AT_HAND = "prizes_at_hand"


def with_prizes(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Read the prizes of all ``campaigns`` with one query for each table, for :func:`prizes_of`.

    They are as they were when the campaigns were read.
    """
    return campaigns.prefetch_related(Prefetch("prize_rows", _rows(), to_attr=_AT_HAND))


def prizes_of(campaign: Campaign) -> list[PrizeFacts]:
    """Return a campaign's prizes, in the order of the tab."""
    rows = getattr(campaign, _AT_HAND, None)
    return [facts_of(row) for row in (_rows().filter(campaign=campaign) if rows is None else rows)]


def _rows() -> QuerySet[Prize]:
    return Prize.objects.select_related("brought").prefetch_related("code_batches", "withdrawals")


def facts_of(row: Prize) -> PrizeFacts:
    """Return one prize as the rules read it."""
    values = {name: getattr(row, name) for name in _COLUMNS}
    if row.pk and row.kind == PrizeKind.CODE:
        values["codes"], values["codes_under_way"] = count_codes(row)
    if row.pk and row.pace == Pace.LIST and hasattr(row, "brought"):
        values["brought"] = [datetime.fromisoformat(at) for at in row.brought.times]
    return PrizeFacts(
        row=str(row.pk or ""),
        has_picture=bool(row.picture),
        **values | {"has_fallback": bool(row.fallback_code)},
    )


def sentence_for(campaign: Campaign, prize: PrizeFacts) -> str:
    """Say in one sentence what was set up for a prize of a campaign, for staff."""
    return sentence_of(
        prize,
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        zone=campaign.timezone,
        currency=campaign.currency,
        is_reviewed=campaign.review_mode != ReviewMode.NONE,
    )


def forecast_for(campaign: Campaign, prize: PrizeFacts) -> Forecast | None:
    """Simulate how many units of a prize by moments will be won; ``None`` where that can't be said yet."""
    opens_at, closes_at = campaign.opens_at, campaign.closes_at
    if opens_at is None or closes_at is None or not campaign.expected_submissions:
        return None
    if not prize.is_by_moment:
        return None
    try:
        return forecast_of(
            prize,
            opens_at,
            closes_at,
            zone=campaign.timezone,
            expected=campaign.expected_submissions,
            seed=f"{campaign.slug}:{prize.key}",
        )
    except ValueError:
        return None  # its hours leave no time, which is a problem of its own


def count_codes(row: Prize) -> tuple[int, bool]:
    """Return how many codes a prize has for its units, and whether more are under way.

    A code whose unit was taken out of the stock is used up: the unit keeps it.
    """
    batches = row.code_batches.all()
    complete = [batch.codes for batch in batches if batch.is_complete]
    gone = sum(one.units for one in row.withdrawals.all())
    return max(sum(complete) - gone, 0), len(complete) < len(batches)
