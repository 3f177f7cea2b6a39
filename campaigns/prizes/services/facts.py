"""Prizes of a campaign as its rows say, for checks, sentences and the rules."""

from dataclasses import fields
from datetime import datetime

from django.db.models import Q, Sum

from campaigns.prizes.models import CodeBatch, Prize, PrizeKind
from campaigns.prizes.rules.drawing import Pace
from campaigns.prizes.rules.facts import PrizeFacts
from campaigns.setup.models import Campaign

_COLUMNS = {field.name for field in fields(PrizeFacts)} & {
    field.name for field in Prize._meta.concrete_fields
}


def prizes_of(campaign: Campaign) -> list[PrizeFacts]:
    """Return a campaign's prizes, in the order of the tab."""
    return [facts_of(row) for row in campaign.prize_rows.select_related("brought")]


def facts_of(row: Prize) -> PrizeFacts:
    """Return one prize as the rules read it."""
    values = {name: getattr(row, name) for name in _COLUMNS}
    if row.pk and row.kind == PrizeKind.CODE:
        values["codes"], values["codes_under_way"] = count_codes(row)
    if row.pk and row.pace == Pace.LIST and hasattr(row, "brought"):
        values["brought"] = [datetime.fromisoformat(at) for at in row.brought.times]
    return PrizeFacts(row=str(row.pk or ""), has_picture=bool(row.picture), **values)


def count_codes(row: Prize) -> tuple[int, bool]:
    """Return how many codes a prize has, and whether more are under way."""
    batches = CodeBatch.objects.filter(prize=row)
    found = batches.aggregate(codes=Sum("codes", filter=Q(is_complete=True)))
    return found["codes"] or 0, batches.filter(is_complete=False).exists()
