"""A campaign that passes every check before a publish, and what is found when it is changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.prizes.rules.facts import PrizeFacts
from campaigns.publishing.rules.publish_checks import (
    CampaignFacts,
    FieldFacts,
    Finding,
    LimitFacts,
    problems_of,
)

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
BOTH = ("en", "es")


def texts(*languages: str) -> dict[str, str]:
    """Return a text in each of these languages."""
    return {language: f"in {language}" for language in languages or BOTH}


RECEIPT = FieldFacts(name="receipt", kind="receipt_image", label=texts(), help_text={})
EMAIL = FieldFacts(name="email", kind="email", meaning="email", label=texts(), help_text={})
SHOP = FieldFacts(name="shop", kind="text", meaning="store", label=texts(), help_text={})
CONSENT = FieldFacts(name="accept", kind="consent", label=texts(), help_text={})
DAILY = LimitFacts(row="1", scope="person", count=1, window="day")
FACTS = CampaignFacts(
    slug="summer",
    opens_at=NOON,
    closes_at=NOON + timedelta(days=28),
    timezone="Europe/London",
    languages=BOTH,
    countries=("GB",),
    routes=("purchase",),
    review="every",
    headline=texts(),
    supporting={},
    prizes={},
    rules=texts(),
    reason_texts={},
    has_hero=False,
    hero_alt={},
    has_logo=False,
    logo_alt={},
    privacy_url="https://nordlicht.example/privacy",
    legal_name="Nordlicht Foods Ltd",
    address="1 Harbour Street",
    help_email="help@nordlicht.example",
    sender_email="",
    sender_ready=True,
    challenge_provider="",
    challenge_site_key="",
    text_colour="#1b1b1e",
    surface_colour="#ffffff",
    brand_colour="#0f4c5c",
    accent_colour="#9a031e",
    fields=(RECEIPT, EMAIL, CONSENT),
    limits=(DAILY,),
)


def problems(**changes: Any) -> list[Finding]:
    """Return what stops a publish of the campaign, so changed."""
    return problems_of(replace(FACTS, **changes), at=NOON)


def codes(findings: list[Finding]) -> list[str]:
    """Return the codes of findings, in their order."""
    return [finding.code for finding in findings]


def a_field(**values: Any) -> FieldFacts:
    """Make a field of a form."""
    return FieldFacts(
        **{"name": "more", "kind": "text", "label": texts(), "help_text": {}, **values}
    )


def with_field(**values: Any) -> list[Finding]:
    """Return what stops a publish with one field more."""
    return problems(fields=(*FACTS.fields, a_field(**values)))


def a_prize(**values: Any) -> PrizeFacts:
    """Make a prize for everyone."""
    own = {"row": values.get("key", "sticker"), "key": "sticker", "mechanic": "everyone"}
    return PrizeFacts(
        **{
            "name": texts(),
            "kind": "thing",
            "timing": "at_once",
            "tier": "minor",
            "value": None,
            "stock": 10,
            "pace": "random",
            "from_hour": 0,
            "until_hour": 24,
            "weekdays": range(7),
            "unclaimed": "roll_forward",
            "window_minutes": None,
            "picture_alt": {},
            "won_text": {},
            **own,
            **values,
        }
    )


def limit(
    count: int, window: str, *, scope: str = "person", hours: int | None = None
) -> LimitFacts:
    """Make a limit; its row says what it is."""
    row = f"{count}-{scope}-{window}-{hours}"
    return LimitFacts(row=row, scope=scope, count=count, window=window, hours=hours)
