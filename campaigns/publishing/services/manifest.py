"""From a campaign's rows to what is published: the manifest and the page's content."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model

from campaigns.prizes.models import Prize
from campaigns.prizes.rules.words import paragraph_of
from campaigns.prizes.services.facts import prizes_of
from campaigns.rendering import PageContent, PageField, PageNote, PagePrize
from campaigns.setup.models import Campaign, FormField, Limit
from campaigns.setup.models.form import CONSENT
from campaigns.setup.rules.answer_patterns import published_pattern
from campaigns.setup.rules.words import last_minute
from ingest_lambda.contract import (
    ChallengeSpec,
    ConsentSpec,
    FieldSpec,
    LimitSpec,
    Manifest,
    Mode,
    Notice,
    PrizePlan,
    ReviewMode,
    Window,
    WindowKind,
)


def columns_of(row: Model, names: Collection[str]) -> dict[str, Any]:
    """Return those columns of a row that are among ``names``, the fields of what is made from it.

    So what staff save is carried under its own name, and no column can be forgotten.
    """
    columns = (field.name for field in row._meta.concrete_fields)
    return {name: getattr(row, name) for name in columns if name in names}


def page_content(
    campaign: Campaign,
    *,
    release: int,
    is_test: bool = False,
    notes: Sequence[PageNote] = (),
    seal: str = "",
) -> PageContent:
    """Return all that the page shows, as plain values; what a visitor agrees to.

    A draft may lack dates: its preview leaves out what depends on them.
    ``notes`` are the public notes of amendments, newest first; ``seal`` is that of the winning moments.
    """
    limits = list(campaign.limits.all())
    reviewed = campaign.review_mode == ReviewMode.EVERY
    derived = {
        "slug": campaign.test_slug if is_test else campaign.slug,
        "release": release,
        "route": next(iter(campaign.routes), ""),
        "until": {
            language: last_minute(campaign.closes_at, timezone=campaign.timezone, language=language)
            for language in campaign.languages
            if campaign.closes_at
        },
        "limits": {
            language: [limit.in_words(language) for limit in limits]
            for language in campaign.languages
        },
        "client_name": campaign.client.name,
        "decide_within_days": campaign.decide_within_days if reviewed else None,
        "notes": tuple(notes),
        "prize_rows": tuple(_page_prize(row) for row in campaign.prize_rows.all()),
        "prize_rules": {
            language: text
            for language in campaign.languages
            if (
                text := paragraph_of(
                    prizes_of(campaign),
                    cap=campaign.prize_cap,
                    currency=campaign.currency,
                    is_reviewed=reviewed,
                    language=language,
                    seal=seal,
                )
            )
        },
        "fields": tuple(_page_field(row) for row in campaign.form_fields.all()),
    }
    names = PageContent.model_fields.keys()
    own = columns_of(campaign.client, names) | columns_of(campaign, names)
    return PageContent(**own | derived)


def _page_prize(row: Prize) -> PagePrize:
    return PagePrize(**columns_of(row, PagePrize.model_fields))


def _page_field(row: FormField) -> PageField:
    derived = {
        "purpose": row.purpose if row.kind == CONSENT else "",
        "party": row.party if row.kind == CONSENT else "",
        "pattern": published_pattern(row.pattern),
    }
    return PageField(**columns_of(row, PageField.model_fields) | derived)


def manifest_of(
    campaign: Campaign,
    *,
    release: int,
    page_sha256: str,
    is_test: bool = False,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    prize_plan: PrizePlan | None = None,
) -> Manifest:
    """Return the campaign in the form the functions judge by.

    A test has an id and an address of its own, so that limits, guards and stock
    are its own too; its dates may be given, to be open while staff try it out.
    ``prize_plan`` comes from what was settled for this release (``prizes.services.stock``).
    """
    rows = list(campaign.form_fields.all())
    challenge = (
        ChallengeSpec(
            provider=campaign.challenge_provider,
            site_key=campaign.challenge_site_key,
            on_trouble=campaign.challenge_on_trouble,
        )
        if campaign.challenge_provider
        else None
    )
    derived = {
        "campaign_id": str(campaign.test_id if is_test else campaign.pk),
        "client_id": str(campaign.client_id),
        "slug": campaign.test_slug if is_test else campaign.slug,
        "release": release,
        "mode": Mode.TEST if is_test else Mode.LIVE,
        "opens_at": opens_at or campaign.opens_at,
        "closes_at": closes_at or campaign.closes_at,
        "fields": tuple(_field_spec(row) for row in rows if row.kind != CONSENT),
        "consents": tuple(_consent_spec(row) for row in rows if row.kind == CONSENT),
        "limits": tuple(_limit_spec(row) for row in campaign.limits.all()),
        "review": ReviewMode(campaign.review_mode),
        "notices": tuple(notice for notice in Notice if notice in campaign.notices),
        "challenge": challenge,
        "prize_plan": prize_plan,
        "page_sha256": page_sha256,
    }
    return Manifest(**columns_of(campaign, Manifest.model_fields) | derived)


def _limit_spec(row: Limit) -> LimitSpec:
    window = Window(kind=WindowKind(row.window), hours=row.hours)
    return LimitSpec(
        **columns_of(row, LimitSpec.model_fields) | {"name": row.name, "window": window}
    )


def _consent_spec(row: FormField) -> ConsentSpec:
    digest = wording_sha256(row.label)
    return ConsentSpec(**columns_of(row, ConsentSpec.model_fields), wording_sha256=digest)


def wording_sha256(label: Mapping[str, str]) -> str:
    """Return the hash of a consent's wording in all its languages."""
    wording = "\n".join(f"{language}: {label[language]}" for language in sorted(label))
    return hashlib.sha256(wording.encode()).hexdigest()


def _field_spec(row: FormField) -> FieldSpec:
    derived = {
        "meaning": row.meaning or None,
        "choices": tuple(option["value"] for option in row.options),
        "minimum": row.minimum or None,
        "maximum": row.maximum or None,
        "pattern": published_pattern(row.pattern) or None,
    }
    return FieldSpec(**columns_of(row, FieldSpec.model_fields) | derived)


def images_of(campaign: Campaign) -> dict[str, str]:
    """Return the names of a campaign's pictures in their store, by ``hero``, ``logo`` and ``prize_{key}``."""
    prizes = {f"prize_{row.key}": row.picture for row in campaign.prize_rows.all()}
    pictures = {"hero": campaign.hero_image, "logo": campaign.logo, **prizes}
    return {use: str(picture.name) for use, picture in pictures.items() if picture}
