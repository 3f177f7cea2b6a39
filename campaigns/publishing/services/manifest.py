"""From a campaign's rows to what is published: the manifest and the page's content."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from campaigns.rendering import PageContent, PageField, PageNote, PageOption
from campaigns.setup.models import Campaign, FormField
from campaigns.setup.models.form import CONSENT
from campaigns.setup.rules.answer_patterns import published_pattern
from campaigns.setup.rules.words import last_minute, limit_in_words
from ingest_lambda.contract import (
    ChallengeSpec,
    ConsentSpec,
    FieldKind,
    FieldSpec,
    LimitSpec,
    Manifest,
    Meaning,
    Mode,
    Notice,
    ReviewMode,
    Window,
    WindowKind,
)


def page_content(
    campaign: Campaign, *, release: int, is_test: bool = False, notes: Sequence[PageNote] = ()
) -> PageContent:
    """Return all that the page shows, as plain values; what a visitor agrees to.

    A draft may lack dates: its preview leaves out what depends on them.
    ``notes`` are the public notes of amendments, newest first.
    """
    limits = list(campaign.limits.all())
    return PageContent(
        slug=campaign.test_slug if is_test else campaign.slug,
        release=release,
        name=campaign.name,
        languages=tuple(campaign.languages),
        countries=tuple(campaign.countries),
        route=next(iter(campaign.routes), ""),
        routes=tuple(campaign.routes),
        until={
            language: last_minute(campaign.closes_at, timezone=campaign.timezone, language=language)
            for language in campaign.languages
            if campaign.closes_at
        },
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        timezone=campaign.timezone,
        headline=campaign.headline,
        supporting=campaign.supporting,
        prizes=campaign.prizes,
        rules=campaign.rules,
        limits={
            language: [
                limit_in_words(
                    scope=li.scope,
                    count=li.count,
                    window=li.window,
                    hours=li.hours,
                    language=language,
                )
                for li in limits
            ]
            for language in campaign.languages
        },
        client_name=campaign.client.name,
        legal_name=campaign.client.legal_name,
        address=campaign.client.address,
        help_email=campaign.client.help_email,
        help_phone=campaign.client.help_phone,
        privacy_url=campaign.privacy_url,
        privacy_urls=campaign.privacy_urls,
        brand_colour=campaign.brand_colour,
        accent_colour=campaign.accent_colour,
        surface_colour=campaign.surface_colour,
        text_colour=campaign.text_colour,
        radius=campaign.radius,
        hero_alt=campaign.hero_alt,
        decide_within_days=campaign.decide_within_days
        if campaign.review_mode == ReviewMode.EVERY
        else None,
        resubmit_within_hours=campaign.resubmit_within_hours,
        challenge_provider=campaign.challenge_provider,
        challenge_site_key=campaign.challenge_site_key,
        notes=tuple(notes),
        fields=tuple(_page_field(f) for f in campaign.form_fields.all()),
    )


def _page_field(row: FormField) -> PageField:
    return PageField(
        name=row.name,
        kind=row.kind,
        meaning=row.meaning,
        purpose=row.purpose if row.kind == CONSENT else "",
        routes=tuple(row.routes),
        label=row.label,
        help_text=row.help_text,
        options=tuple(PageOption(**option) for option in row.options),
        required=row.required,
        min_length=row.min_length,
        max_length=row.max_length,
        minimum=row.minimum,
        maximum=row.maximum,
        pattern=published_pattern(row.pattern),
        minimum_age=row.minimum_age,
        countries=tuple(row.countries),
        max_receipts=row.max_receipts,
        images_per_receipt=row.images_per_receipt,
    )


def manifest_of(
    campaign: Campaign,
    *,
    release: int,
    page_sha256: str,
    is_test: bool = False,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Manifest:
    """Return the campaign in the form the functions judge by.

    A test has an id and an address of its own, so that limits, guards and stock
    are its own too; its dates may be given, to be open while staff try it out.
    """
    rows = list(campaign.form_fields.all())
    return Manifest(
        campaign_id=str(campaign.test_id if is_test else campaign.pk),
        client_id=str(campaign.client_id),
        slug=campaign.test_slug if is_test else campaign.slug,
        release=release,
        mode=Mode.TEST if is_test else Mode.LIVE,
        timezone=campaign.timezone,
        languages=tuple(campaign.languages),
        countries=tuple(campaign.countries),
        excluded_regions=tuple(campaign.excluded_regions),
        opens_at=opens_at or campaign.opens_at,
        closes_at=closes_at or campaign.closes_at,
        routes=tuple(campaign.routes),
        fields=tuple(_field_spec(row) for row in rows if row.kind != CONSENT),
        consents=tuple(_consent_spec(row) for row in rows if row.kind == CONSENT),
        limits=tuple(
            LimitSpec(
                name=limit.name,
                scope=limit.scope,
                count=limit.count,
                window=Window(kind=WindowKind(limit.window), hours=limit.hours),
                gives_back_when_rejected=limit.gives_back_when_rejected,
            )
            for limit in campaign.limits.all()
        ),
        review=ReviewMode(campaign.review_mode),
        decide_within_days=campaign.decide_within_days,
        resubmit_within_hours=campaign.resubmit_within_hours,
        notices=tuple(notice for notice in Notice if notice in campaign.notices),
        minimum_fill_seconds=campaign.minimum_fill_seconds,
        reason_texts=campaign.reason_texts,
        challenge=ChallengeSpec(
            provider=campaign.challenge_provider,
            site_key=campaign.challenge_site_key,
            on_trouble=campaign.challenge_on_trouble,
        )
        if campaign.challenge_provider
        else None,
        page_sha256=page_sha256,
    )


def _consent_spec(row: FormField) -> ConsentSpec:
    wording = "\n".join(f"{language}: {row.label[language]}" for language in sorted(row.label))
    return ConsentSpec(
        name=row.name,
        required=row.required,
        version=row.version,
        wording_sha256=hashlib.sha256(wording.encode()).hexdigest(),
        routes=tuple(row.routes),
    )


def _field_spec(row: FormField) -> FieldSpec:
    bounds: dict[str, Any] = {
        "min_length": row.min_length,
        "max_length": row.max_length,
        "minimum": row.minimum or None,
        "maximum": row.maximum or None,
        "pattern": published_pattern(row.pattern) or None,
        "minimum_age": row.minimum_age,
    }
    return FieldSpec(
        name=row.name,
        kind=FieldKind(row.kind),
        meaning=Meaning(row.meaning) if row.meaning else None,
        routes=tuple(row.routes),
        required=row.required,
        countries=tuple(row.countries),
        choices=tuple(option["value"] for option in row.options),
        max_receipts=row.max_receipts,
        images_per_receipt=row.images_per_receipt,
        **bounds,
    )


def images_of(campaign: Campaign) -> dict[str, str]:
    """Return the names of a campaign's pictures in their store, by ``hero`` and ``logo``."""
    pictures = {"hero": campaign.hero_image, "logo": campaign.logo}
    return {use: str(picture.name) for use, picture in pictures.items() if picture}
