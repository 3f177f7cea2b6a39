"""A list of moments that staff bring along for one prize."""

from datetime import datetime

from django.db import transaction

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from campaigns.prizes.models import BroughtMoments, Prize
from campaigns.prizes.rules.moment_lists import MomentList, read_moments

MOST_CHARACTERS = 5_000_000


class NoMoments(DomainError):
    """The list has none that could be used."""


def bring_moments(prize: Prize, text: str, *, actor: User, at: datetime) -> MomentList:
    """Keep a list of moments for a prize in the place of an earlier one; return what it holds and what was left out.

    Raises:
        NoMoments: the campaign has no dates yet, or no line could be used.
    """
    campaign = prize.campaign
    if campaign.opens_at is None or campaign.closes_at is None:
        raise NoMoments("Give the campaign its dates first: moments have to lie between them.")
    found = read_moments(
        text[:MOST_CHARACTERS],
        zone=campaign.timezone,
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        most=prize.stock,
    )
    if not found.times:
        raise NoMoments(" ".join(found.problems) or "The list is empty.")
    with transaction.atomic():
        BroughtMoments.objects.filter(prize=prize).delete()
        BroughtMoments.objects.create(
            prize=prize,
            times=[one.isoformat() for one in found.times],
            brought_at=at,
            brought_by=actor,
        )
        audit.record(
            campaign,
            "prize.moments_brought",
            actor=actor,
            at=at,
            after={"prize": prize.key, "moments": len(found.times), "left out": found.left_out},
        )
    return found
