"""A list of moments that staff bring along for one prize."""

from datetime import datetime

from django.db import transaction

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from campaigns.prizes.models import BroughtMoments, Prize
from campaigns.prizes.rules.moment_lists import MomentList, read_moments

MOST_BYTES = 5_000_000
"""A quarter of a million times; the page reads them while its sender waits."""


class NoMoments(DomainError):
    """The list has none that could be used."""


class ListTooLong(DomainError):
    """A list is longer than what is read; no part of it is left out in silence."""


def refuse_length(size_bytes: int) -> None:
    """Refuse a list by its size, before any of it is read.

    Raises:
        ListTooLong: see there.
    """
    if size_bytes > MOST_BYTES:
        raise ListTooLong(
            f"This file is larger than {MOST_BYTES // 1_000_000} MB. A list of moments is a text file "
            "with one time a line, and at most 250,000 lines."
        )


def bring_moments(prize: Prize, text: str, *, actor: User, at: datetime) -> MomentList:
    """Keep a list of moments for a prize in the place of an earlier one; return what it holds and what was left out.

    Raises:
        NoMoments: the campaign has no dates yet, or no line could be used.
        ListTooLong: see there.
    """
    refuse_length(len(text))
    campaign = prize.campaign
    if campaign.opens_at is None or campaign.closes_at is None:
        raise NoMoments("Give the campaign its dates first: moments have to lie between them.")
    found = read_moments(
        text,
        zone=campaign.timezone,
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        most=prize.stock,
    )
    if not found.times:
        raise NoMoments(" ".join(found.problems) or "The list is empty.")
    with transaction.atomic():
        Prize.objects.select_for_update().get(pk=prize.pk)  # of two lists at once the second stays
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
