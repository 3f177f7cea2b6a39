"""Which sites may show a campaign's page within their own; no release, since entrants agree to nothing by it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from campaigns.publishing.services.lifecycle import decided
from campaigns.publishing.services.propagate import propagate_both
from campaigns.setup.models import Campaign
from campaigns.setup.rules.embed_origins import NotAnOrigin, embed_origins
from campaigns.setup.services.campaign import locked


class NoSuchSite(DomainError):
    """What was given as a site to embed a campaign in is none."""


def let_embed(
    campaign: Campaign, lines: Iterable[str], *, actor: User | None, at: datetime
) -> Campaign:
    """Let exactly these sites embed a campaign; in force a minute after the page is carried.

    There is no way back to an earlier page beyond this: it would let in the sites of then.

    Raises:
        NoSuchSite: with what to write instead.
    """
    try:
        origins = embed_origins(lines)
    except NotAnOrigin as error:
        raise NoSuchSite(str(error)) from error
    with transaction.atomic(durable=True):
        campaign = locked(campaign)
        before = campaign.embed_origins
        if before == origins:
            return campaign
        campaign.embed_origins = origins
        campaign.save(update_fields=["embed_origins"])
        placements = campaign.placements.all()
        for placement in placements:
            decided(campaign, is_test=placement.is_test)
        # As if its release had never been shown: the next page has no earlier one.
        placements.update(page_release=0, earlier_page_version="", is_page_kept=False)
        audit.record(
            campaign,
            "campaign.embedding_changed",
            actor=actor,
            at=at,
            before={"sites": before},
            after={"sites": origins},
        )
    propagate_both(campaign, at=at)
    return campaign
