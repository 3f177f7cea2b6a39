"""More campaigns than the demo has, made in a running installation as staff would make them."""

import json
from typing import Any

from tests.support.installation import Installation

_PROGRAM = """
import json
from campaigns.setup.models import Campaign, FormField, Limit
from campaigns.setup.rules.states import CampaignState
from campaigns.workbench.services.clone import clone_campaign
from campaigns.publishing.services.lifecycle import move_campaign
from campaigns.publishing.services.checks import publish_cautions
from campaigns.publishing.services.publish import publish_campaign

made = {}
for slug, plan in json.loads(PLAN).items():
    if (known := Campaign.objects.filter(slug=slug).first()) is not None:
        made[slug] = {"id": str(known.pk), "release": known.releases.count()}
        continue
    at = timezone.now() + timedelta(hours=plan.get("published_in_hours", 0))
    source = Campaign.objects.get(slug=plan["like"])
    campaign = clone_campaign(source, actor=None, at=at)
    campaign.slug, campaign.name = slug, plan.get("name", slug)
    campaign.opens_at = timezone.now() + timedelta(hours=plan.get("opens_in_hours", -1))
    campaign.closes_at = timezone.now() + timedelta(hours=plan.get("closes_in_hours", 500))
    for name, value in plan.get("values", {}).items():
        setattr(campaign, name, value)
    campaign.save()
    if "limits" in plan:
        campaign.limits.all().delete()
        for limit in plan["limits"]:
            Limit.objects.create(campaign=campaign, **limit)
    for position, field in enumerate(plan.get("fields", []), 50):
        texts = dict.fromkeys(campaign.languages, field["name"])
        FormField.objects.create(campaign=campaign, position=position, label=texts, **field)
    accepted = [caution.key for caution in publish_cautions(campaign, at=at)]
    release = publish_campaign(campaign, actor=None, at=at, accepted=accepted)
    if plan.get("paused"):
        move_campaign(campaign, CampaignState.PAUSED, actor=None, at=timezone.now())
    made[slug] = {"id": str(campaign.pk), "release": release.number}
print(json.dumps(made))
"""


def make_campaigns(
    installation: Installation, plans: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Clone demo campaigns, change and publish them; return their facts, as ``up.json`` has them, by slug.

    One that is there already is left as it is.

    A plan names the campaign it is ``like`` and may set ``opens_in_hours``,
    ``closes_in_hours``, ``published_in_hours`` (all from now), ``limits`` (rows),
    ``fields`` (rows added to the form), ``values`` (columns) and ``paused``.
    """
    program = f"PLAN = {json.dumps(plans)!r}\n{_PROGRAM}"
    made = json.loads(installation.python(program).splitlines()[-1])
    return {
        slug: {
            **installation.campaign(plan["like"]),
            **made[slug],
            "slug": slug,
            "page": f"{installation.facts['web']}/c/{slug}/",
        }
        for slug, plan in plans.items()
    }
