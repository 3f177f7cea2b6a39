"""What tests of the admin send: a campaign's form as a browser would."""

from typing import Any

from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from tests.campaigns.factories import make_client, make_user


def signed_in(user: User) -> Browser:
    """Return a browser in which somebody has signed in."""
    browser = Browser()
    browser.force_login(user)
    return browser


def manager_of(client: Client | None = None, role: Role = Role.CAMPAIGN_MANAGER) -> Browser:
    """Return the browser of somebody with a role at a client."""
    return signed_in(make_user((client or make_client(), role)))


def campaign_data(campaign: Campaign, **changes: Any) -> dict[str, Any]:
    """Return what the campaign page sends: what is stored, with some of it typed anew."""
    data: dict[str, Any] = {
        "client": campaign.client_id,
        "name": campaign.name,
        "slug": campaign.slug,
        "timezone": campaign.timezone,
        "currency": campaign.currency,
        "languages": campaign.languages,
        "default_language": campaign.languages[0],
        "countries": campaign.countries,
        "routes": campaign.routes,
        "review_mode": campaign.review_mode,
        "decide_within_days": 3,
        "resubmit_within_hours": 168,
        "minimum_fill_seconds": 0,
        "challenge_on_trouble": "review",
        "brand_colour": "#0f4c5c",
        "accent_colour": "#9a031e",
        "surface_colour": "#ffffff",
        "text_colour": "#1b1b1e",
        "radius": 8,
        "type_pair": "system",
        **rows("form_fields", []),
        **rows("limits", []),
        **rows("prize_rows", []),
        "prize_cap": "one",
        "reveal": "plain",
    }
    return data | changes


def rows(prefix: str, contents: list[dict[str, Any]]) -> dict[str, Any]:
    """Return rows of a list as a form sends them; saved ones carry their ``id``."""
    saved = sum("id" in content for content in contents)
    data: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(contents),
        f"{prefix}-INITIAL_FORMS": saved,
    }
    for number, content in enumerate(contents):
        data |= {f"{prefix}-{number}-{name}": value for name, value in content.items()}
    return data


def texts(name: str, *in_order: str) -> dict[str, str]:
    """Return a text in English, Spanish, German and French, as its inputs are named."""
    codes = ("en", "es", "de", "fr")
    return {f"{name}_{code}": text for code, text in zip(codes, in_order, strict=False)}


def change_address(campaign: Campaign) -> str:
    """Return the address of a campaign's page."""
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])
