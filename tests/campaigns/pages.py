"""The content of campaign pages, with honest defaults."""

from datetime import UTC, datetime, timedelta

from campaigns.rendering import PageContent, PageField

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def make_content(**overrides: object) -> PageContent:
    """Make a page's content with a receipt, an e-mail and a consent."""
    values: dict[str, object] = {
        "slug": "summer",
        "release": 1,
        "name": "Summer",
        "languages": ("en", "es"),
        "countries": ("GB",),
        "route": "purchase",
        "until": {"en": "30 June"},
        "opens_at": NOW,
        "closes_at": NOW + timedelta(days=30),
        "timezone": "Europe/London",
        "headline": {"en": "Win <b>now</b>", "es": "Gana"},
        "client_name": "Northwind",
        "legal_name": "Northwind Ltd",
        "address": "1 Harbour Street",
        "help_email": "help@example.com",
        "brand_colour": "#0f4c5c",
        "accent_colour": "#9a031e",
        "surface_colour": "#ffffff",
        "text_colour": "#111111",
        "radius": 8,
        "fields": (
            PageField(name="receipt", kind="receipt_image", label={"en": "Your receipt"}),
            PageField(name="email", kind="email", meaning="email", label={"en": "E-mail"}),
            PageField(name="accept_rules", kind="consent", label={"en": "I accept"}),
        ),
    }
    return PageContent.model_validate(values | overrides)
