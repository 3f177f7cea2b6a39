"""The check before a publish, on a campaign's rows."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from campaigns.accounts.services.sender import is_ready
from campaigns.prizes.services.facts import prizes_of
from campaigns.prizes.services.release_plan import award_limits, longest_plan
from campaigns.publishing.rules.publish_checks import (
    CampaignFacts,
    FieldFacts,
    Finding,
    LimitFacts,
    cautions_of,
    problems_of,
)
from campaigns.publishing.services.manifest import columns_of, manifest_of
from campaigns.setup.models import Campaign, FormField, Limit
from campaigns.setup.models.form import CONSENT
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.contract import MAX_MANIFEST_BYTES


def publish_problems(campaign: Campaign, *, at: datetime) -> list[Finding]:
    """Return what keeps a campaign from being published, in the order of the tabs."""
    problems = problems_of(facts_of(campaign), at=at)
    problems += _receipts_forgotten(campaign)
    if not problems and _manifest_bytes(campaign) > MAX_MANIFEST_BYTES:
        message = (
            "The form and the sentences of reasons are too long to be published. "
            "Shorten the longest lists of choices, or your own sentences."
        )
        problems.append(Finding("form_too_large", "Form", "form_fields", message))
    return problems


def _receipts_forgotten(campaign: Campaign) -> list[Finding]:
    """Refuse to let used receipts in again: once per campaign is guarded, more often is counted."""
    if campaign.state not in (CampaignState.LIVE, CampaignState.PAUSED):
        return []
    guarded = {
        limit["count"] == 1
        for release in campaign.releases.filter(is_test=False)
        for limit in release.manifest["limits"]
        if (limit["scope"], limit["window"]["kind"]) == ("receipt", "campaign")
    }
    return [
        Finding(
            "receipts_forgotten",
            "Limits",
            "limits",
            f"With “{limit}” every receipt that was sent so far could be sent again. "
            "Leave this limit as it was published.",
            str(limit.pk),
        )
        for limit in campaign.limits.filter(scope="receipt", window="campaign")
        if guarded and guarded != {limit.count == 1}
    ]


def publish_cautions(campaign: Campaign, *, at: datetime) -> list[Finding]:
    """Return what is unusual and has to be accepted by a tick, in the order of the tabs."""
    return cautions_of(facts_of(campaign), at=at)


def facts_of(campaign: Campaign) -> CampaignFacts:
    """Return a campaign as the publish check reads it."""
    names = [field.name for field in fields(CampaignFacts)]
    prizes = prizes_of(campaign)
    opened_at, promised_until = _live_times(campaign)
    derived: dict[str, Any] = {
        "opened_at": opened_at,
        "promised_until": promised_until,
        "review": campaign.review_mode,
        "has_hero": bool(campaign.hero_image),
        "has_logo": bool(campaign.logo),
        "sender_ready": is_ready(campaign.client),
        "fields": [_field_facts(row) for row in campaign.form_fields.all()],
        "prize_rows": prizes,
        "award_limits": len(list(award_limits(campaign.prize_cap, prizes))),
        "limits": [limit_facts(limit, row=str(limit.pk)) for limit in campaign.limits.all()],
    }
    own = columns_of(campaign.client, names) | columns_of(campaign, names)
    return CampaignFacts(**own | derived)


def _field_facts(row: FormField) -> FieldFacts:
    derived = {
        "purpose": row.purpose if row.kind == CONSENT else "",
        "options": [
            (str(option.get("value", "")), option.get("label") or {}) for option in row.options
        ],
    }
    names = [field.name for field in fields(FieldFacts)]
    return FieldFacts(**columns_of(row, names) | derived)


def limit_facts(limit: Limit, *, row: str) -> LimitFacts:
    """Return a limit as the check reads it, told from the others by ``row``."""
    names = [field.name for field in fields(LimitFacts)]
    return LimitFacts(row=row, **columns_of(limit, names))


def _live_times(campaign: Campaign) -> tuple[datetime | None, datetime | None]:
    """Return when the release that is live opened, and until when it said it would be open."""
    if campaign.state not in (CampaignState.LIVE, CampaignState.PAUSED):
        return None, None
    placement = campaign.placements.filter(is_test=False).first()
    return (placement.opens_at, placement.closes_at) if placement else (campaign.opens_at, None)


def _manifest_bytes(campaign: Campaign) -> int:
    plan = longest_plan(campaign)
    manifest = manifest_of(campaign, release=1, page_sha256="0" * 64, prize_plan=plan)
    return len(manifest.model_dump_json().encode())
