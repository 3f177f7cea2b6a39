"""Limits of a campaign by preset."""

from datetime import datetime

from django.db import transaction

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.services import audit
from campaigns.publishing.rules.publish_checks.limits import contradictions
from campaigns.publishing.services.checks import limit_facts
from campaigns.setup.models import Campaign, Limit
from campaigns.setup.rules.limit_presets import Preset
from campaigns.setup.services.campaign import locked


class LimitsContradict(DomainError):
    """A preset and the limits that are there cannot both be meant; the sentence says which."""


@transaction.atomic
def apply_preset(
    campaign: Campaign, preset: Preset, *, actor: User | None, at: datetime
) -> list[Limit]:
    """Add the limits of a preset to a campaign; one of the same scope and window is changed.

    Like every edit it counts from the next publish on.

    Raises:
        LimitsContradict: one of the limits could never be reached beside another.
    """
    campaign = locked(campaign)
    there = {(limit.scope, limit.window, limit.hours): limit for limit in campaign.limits.all()}
    changed = []
    for wanted in preset.limits:
        key = (wanted.scope.value, wanted.window.value, None)
        limit = there.get(key) or Limit(campaign=campaign, scope=key[0], window=key[1])
        limit.count = wanted.count
        there[key] = limit
        changed.append(limit)
    facts = [limit_facts(limit, row=limit.name) for limit in there.values()]
    if found := list(contradictions(facts)):
        raise LimitsContradict(found[0].message)
    for limit in changed:
        limit.save()
    audit.record(
        campaign,
        "campaign.limits_set",
        actor=actor,
        at=at,
        after={"preset": preset.name, "limits": [str(limit) for limit in changed]},
    )
    return changed
