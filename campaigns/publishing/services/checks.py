"""The check before a publish, on a campaign's rows."""

from datetime import datetime

from campaigns.accounts.services.sender import is_ready
from campaigns.publishing.rules.publish_checks import (
    CampaignFacts,
    FieldFacts,
    Finding,
    LimitFacts,
    cautions_of,
    problems_of,
)
from campaigns.publishing.services.manifest import manifest_of
from campaigns.setup.models import Campaign
from campaigns.setup.models.form import CONSENT
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.contract import MAX_MANIFEST_BYTES


def publish_problems(campaign: Campaign, *, at: datetime) -> list[Finding]:
    """Return what keeps a campaign from being published, in the order of the tabs."""
    problems = problems_of(facts_of(campaign), at=at)
    problems += _receipts_forgotten(campaign)
    if not problems and _manifest_bytes(campaign) > MAX_MANIFEST_BYTES:
        problems.append(
            Finding(
                code="form_too_large",
                tab="Form",
                field="form_fields",
                message="The form has too many choices to be published. Remove the longest lists.",
            )
        )
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
            code="receipts_forgotten",
            tab="Limits",
            field="limits",
            row=str(limit.pk),
            message=f"With “{limit}” every receipt that was sent so far could be sent again. "
            "Leave this limit as it was published.",
        )
        for limit in campaign.limits.filter(scope="receipt", window="campaign")
        if guarded and guarded != {limit.count == 1}
    ]


def publish_cautions(campaign: Campaign, *, at: datetime) -> list[Finding]:
    """Return what is unusual and has to be accepted by a tick, in the order of the tabs."""
    return cautions_of(facts_of(campaign), at=at)


def facts_of(campaign: Campaign) -> CampaignFacts:
    """Return a campaign as the publish check reads it."""
    client = campaign.client
    return CampaignFacts(
        slug=campaign.slug,
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        opened_at=_opened_at(campaign),
        timezone=campaign.timezone,
        languages=campaign.languages,
        countries=campaign.countries,
        routes=campaign.routes,
        review=campaign.review_mode,
        headline=campaign.headline,
        supporting=campaign.supporting,
        prizes=campaign.prizes,
        rules=campaign.rules,
        reason_texts=campaign.reason_texts,
        has_hero=bool(campaign.hero_image),
        hero_alt=campaign.hero_alt,
        has_logo=bool(campaign.logo),
        logo_alt=campaign.logo_alt,
        privacy_url=campaign.privacy_url,
        legal_name=client.legal_name,
        address=client.address,
        help_email=client.help_email,
        sender_email=client.sender_email,
        sender_ready=is_ready(client),
        challenge_provider=campaign.challenge_provider,
        challenge_site_key=campaign.challenge_site_key,
        text_colour=campaign.text_colour,
        surface_colour=campaign.surface_colour,
        brand_colour=campaign.brand_colour,
        accent_colour=campaign.accent_colour,
        fields=[
            FieldFacts(
                name=row.name,
                kind=row.kind,
                meaning=row.meaning,
                purpose=row.purpose if row.kind == CONSENT else "",
                routes=row.routes,
                required=row.required,
                label=row.label,
                help_text=row.help_text,
                options=[
                    (str(option.get("value", "")), option.get("label") or {})
                    for option in row.options
                ],
                min_length=row.min_length,
                max_length=row.max_length,
                minimum=row.minimum,
                maximum=row.maximum,
                pattern=row.pattern,
                minimum_age=row.minimum_age,
                max_receipts=row.max_receipts,
                images_per_receipt=row.images_per_receipt,
            )
            for row in campaign.form_fields.all()
        ],
        limits=[
            LimitFacts(
                row=str(limit.pk),
                scope=limit.scope,
                count=limit.count,
                window=limit.window,
                hours=limit.hours,
            )
            for limit in campaign.limits.all()
        ],
    )


def _opened_at(campaign: Campaign) -> datetime | None:
    if campaign.state not in (CampaignState.LIVE, CampaignState.PAUSED):
        return None
    placement = campaign.placements.filter(is_test=False).first()
    return placement.opens_at if placement else campaign.opens_at


def _manifest_bytes(campaign: Campaign) -> int:
    manifest = manifest_of(campaign, release=1, page_sha256="0" * 64)
    return len(manifest.model_dump_json().encode())
