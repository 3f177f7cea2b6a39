"""A campaign at a glance, for who may see but not edit it."""

from typing import Any

from campaignhub.spans import length
from campaignhub.staff_site.countries import COUNTRIES
from campaignhub.staff_site.lists import exact
from campaigns.prizes.rules.words import sentence_of
from campaigns.prizes.services.facts import prizes_of
from campaigns.setup.models import Campaign
from campaigns.setup.rules.words import last_minute
from campaigns.workbench.admin.field_types import BY_VALUE
from campaigns.workbench.admin.forms.campaign import ROUTES
from campaigns.workbench.admin.forms.texts import LANGUAGES
from campaigns.workbench.admin.publishing import GLANCE, steps_on
from ingest_lambda.contract import ReviewMode


def summary_of(campaign: Campaign) -> dict[str, Any]:
    """Return what a campaign is, in words."""
    first = campaign.languages[0]
    rows = [
        {
            "kind": BY_VALUE.get(row.kind),
            "label": campaign.text(row.label, first) or row.name,
            "required": row.required,
        }
        for row in campaign.form_fields.all()
    ]
    dates = []
    if campaign.opens_at and campaign.closes_at:
        dates = [
            ("Opens", exact(campaign.opens_at, campaign.timezone)),
            (
                "Closes",
                last_minute(campaign.closes_at, timezone=campaign.timezone, language="en"),
            ),
            ("Open for", length(campaign.opens_at, campaign.closes_at)),
        ]
    facts = [
        ("Client", str(campaign.client)),
        *dates,
        ("Countries", ", ".join(COUNTRIES.get(code, code) for code in campaign.countries)),
        ("Languages", ", ".join(LANGUAGES.get(code, code) for code in campaign.languages)),
        ("Ways to enter", ", ".join(ROUTES.get(route, route) for route in campaign.routes)),
        ("Review", campaign.get_review_mode_display()),
        ("Decide within", f"{campaign.decide_within_days} working days"),
    ]
    return {
        "campaign": campaign,
        "steps": steps_on(GLANCE, campaign),
        "facts": facts,
        "rows": rows,
        "limits": [limit.in_words("en") for limit in campaign.limits.all()],
        "prizes": [
            sentence_of(
                prize,
                opens_at=campaign.opens_at,
                closes_at=campaign.closes_at,
                zone=campaign.timezone,
                currency=campaign.currency,
                is_reviewed=campaign.review_mode != ReviewMode.NONE,
            )
            for prize in prizes_of(campaign)
        ],
        "sealed_sets": campaign.sealed_sets.filter(is_test=False),
        "headline": campaign.text(campaign.headline, first),
        "rules": campaign.text(campaign.rules, first),
    }
