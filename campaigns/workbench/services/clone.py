"""Clone a campaign: its page, form, limits and prizes; nothing that happened in it."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from campaigns.prizes.models import Prize
from campaigns.setup.models import Campaign
from campaigns.setup.models.campaign import new_test_slug
from campaigns.setup.rules.states import CampaignState
from campaigns.setup.services.campaign import is_taken


@transaction.atomic
def clone_campaign(campaign: Campaign, *, actor: User | None, at: datetime) -> Campaign:
    """Make a draft like ``campaign``, without dates, releases, submissions, codes or moments, under a free slug."""
    campaign = Campaign.objects.get(pk=campaign.pk)
    fields, limits = list(campaign.form_fields.all()), list(campaign.limits.all())
    prizes = list(campaign.prize_rows.all())
    source = campaign.slug
    copy = Campaign.objects.get(pk=campaign.pk)
    copy.id, copy.test_id, copy.test_slug = uuid4(), uuid4(), new_test_slug()
    copy._state.adding = True
    copy.name = f"{campaign.name} (copy)"[:120]
    copy.slug = _free_slug(source)
    copy.state = CampaignState.DRAFT.value
    copy.opens_at = copy.closes_at = None
    copy.save()
    for row in (*fields, *limits, *prizes):
        row.pk = None
        row._state.adding = True
        setattr(row, "campaign", copy)  # noqa: B010 - each kind of row has one
        if isinstance(row, Prize):
            row.fallback_code = ""
        row.save()
    audit.record(copy, "campaign.cloned", actor=actor, at=at, before={"from": source})
    return copy


def _free_slug(slug: str) -> str:
    stem = slug[:50].rstrip("-")
    number = 2
    while is_taken(f"{stem}-{number}"):
        number += 1
    return f"{stem}-{number}"
