"""Clients, staff and campaigns with honest defaults."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from campaigns.accounts.models import AuditEntry, Client, Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.prizes.models import Prize
from campaigns.publishing.models import Release
from campaigns.publishing.services.manifest import manifest_of, page_content
from campaigns.publishing.services.publish import publish_campaign
from campaigns.publishing.services.releases import keep_release
from campaigns.setup.models import Campaign, FormField, Limit

NOON = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)


def make_client(name: str = "Nordlicht Foods", **overrides: Any) -> Client:
    """Make a client."""
    return Client.objects.create(name=name, **overrides)


def make_promoter(**overrides: Any) -> Client:
    """Make a client that may publish: all that rules and page have to name is there."""
    return make_client(
        **{
            "name": f"Nordlicht Foods {uuid4().hex[:6]}",
            "legal_name": "Nordlicht Foods Ltd",
            "address": "1 Harbour Street, Bristol",
            "help_email": "help@nordlicht.example",
            **overrides,
        }
    )


def make_user(*roles: tuple[Client, Role]) -> User:
    """Make a member of staff with the given roles at the given clients."""
    user = User.objects.create_user(username=uuid4().hex[:12], is_staff=True)
    for client, role in roles:
        Membership.objects.create(user=user, client=client, role=role.value)
    return user


def make_draft(**overrides: Any) -> Campaign:
    """Make a campaign in which nothing is missing and nothing unusual, open at ``NOON``."""
    campaign = Campaign.objects.create(
        **{
            "client": overrides.pop("client", None) or make_promoter(),
            "name": "Summer",
            "slug": f"summer-{uuid4().hex[:8]}",
            "opens_at": NOON,
            "closes_at": NOON + timedelta(days=28),
            "headline": {"en": "Win a weekend"},
            "rules": {"en": "One entry a day."},
            "privacy_url": "https://nordlicht.example/privacy",
            **overrides,
        }
    )
    for position, row in enumerate(
        (
            {"name": "receipt", "kind": "receipt_image", "label": {"en": "Your receipt"}},
            {"name": "email", "kind": "email", "meaning": "email", "label": {"en": "E-mail"}},
            {"name": "accept_rules", "kind": "consent", "label": {"en": "I accept the rules."}},
        )
    ):
        FormField.objects.create(
            campaign=campaign, position=position, routes=campaign.routes, **row
        )
    Limit.objects.create(campaign=campaign, scope="person", count=1, window="day")
    return campaign


def make_prize(campaign: Campaign, **overrides: Any) -> Prize:
    """Make a prize of things by winning moments."""
    key = overrides.get("key", "car")
    return Prize.objects.create(
        **{"campaign": campaign, "key": key, "name": {"en": key.capitalize()}, **overrides}
    )


def make_release(
    campaign: Campaign, *, number: int = 1, is_test: bool = False, at: datetime = NOON
) -> Release:
    """Publish what a campaign's rows say now as one release, past its check, table and host."""
    page = page_content(campaign, release=number, is_test=is_test)
    manifest = manifest_of(
        campaign,
        release=number,
        page_sha256=page.sha256(),
        is_test=is_test,
        opens_at=campaign.opens_at or NOON - timedelta(days=1),
        closes_at=campaign.closes_at or NOON + timedelta(days=28),
    )
    return keep_release(campaign, page, manifest, published_at=at)


def logged(code: str) -> dict[str, Any]:
    """Return what the one line of the log under ``code`` says was there after."""
    after: dict[str, Any] = AuditEntry.objects.get(code=code).after or {}
    return after


def publish(campaign: Campaign, *, at: datetime = NOON, **words: Any) -> Release:
    """Publish a campaign in nobody's name."""
    return publish_campaign(campaign, actor=None, at=at, **words)
