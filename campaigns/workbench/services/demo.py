"""The demo: a client with staff and three live campaigns, and a second client who must see nothing of it."""

import io
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import SystemRandom
from typing import Any

import yaml
from django.db import transaction

from campaignhub.passwords import no_page_waits
from campaigns.accounts.models import Client, Membership, User
from campaigns.accounts.rules.roles import Role
from campaigns.hosting.host import page_address
from campaigns.prizes.models import BroughtMoments, CodeBatch, CodeBlock, Prize, PrizeKind
from campaigns.prizes.models.codes import BLOCK_CODES
from campaigns.prizes.rules.code_alphabet import new_code
from campaigns.prizes.rules.drawing import Pace
from campaigns.publishing.services.checks import publish_cautions
from campaigns.publishing.services.publish import publish_campaign
from campaigns.setup.models import Campaign, FormField
from campaigns.setup.models.form import CONSENT
from campaigns.setup.rules.limit_presets import preset_named
from campaigns.setup.services.pictures import HERO, LOGO, tidy_picture
from campaigns.workbench.services.demo_pictures import seaside, wordmark
from campaigns.workbench.services.limits import apply_preset
from ingest_lambda.contract import FieldKind, Mechanic

STAFF = (
    ("olivia", "Olivia", "Owner", Role.OWNER),
    ("max", "Max", "Manager", Role.CAMPAIGN_MANAGER),
    ("mo", "Mo", "Moderator", Role.MODERATOR),
)


@cache
def _said() -> dict[str, Any]:
    """Return what the campaigns say, in four languages (``demo.yaml``)."""
    said: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("demo.yaml").read_text())
    return said


@dataclass
class Demo:
    """What the demo is made of, as ``var/up.json`` names it."""

    accounts: list[dict[str, str]] = field(default_factory=list)
    campaigns: list[dict[str, Any]] = field(default_factory=list)


def make_demo(*, at: datetime, known_accounts: list[dict[str, str]]) -> Demo:
    """Make the demo where it is missing; the second time changes nothing.

    Passwords are made up at the first start and cannot be read back, so the
    caller hands in those it remembers; an account that nobody remembers gets a
    new one. Half a demo is made whole the next time.
    """
    demo = Demo()
    northwind = _client("Northwind Drinks", "Northwind Drinks Ltd")
    other = _client("Fabrikam Foods", "Fabrikam Foods Ltd")
    passwords = {account["username"]: account["password"] for account in known_accounts}
    for username, given, family, role in STAFF:
        user, password = _user(username, given, family, passwords.get(username))
        Membership.objects.get_or_create(user=user, client=northwind, role=role.value)
        demo.accounts.append({"username": username, "password": password, "role": role.value})
    stranger, password = _user("stella", "Stella", "Stranger", passwords.get("stella"))
    Membership.objects.get_or_create(user=stranger, client=other, role=Role.OWNER.value)
    demo.accounts.append({"username": "stella", "password": password, "role": "owner of another"})
    operator, password = _user("operator", "Olga", "Operator", passwords.get("operator"))
    User.objects.filter(pk=operator.pk).update(is_superuser=True)
    demo.accounts.append({"username": "operator", "password": password, "role": "operator"})
    for told in _said()["campaigns"]:
        with transaction.atomic():
            campaign = _campaign(northwind, told, at)
        if not campaign.first_published:
            meant = [caution.key for caution in publish_cautions(campaign, at=at)]
            publish_campaign(campaign, actor=None, at=at, accepted=meant)
        demo.campaigns.append(_facts(campaign))
    return demo


def _client(name: str, legal_name: str) -> Client:
    client, _ = Client.objects.get_or_create(
        name=name,
        defaults={
            "legal_name": legal_name,
            "address": "1 Harbour Street, Bristol BS1 4XX, United Kingdom",
            "help_email": f"help@{name.split()[0].lower()}.example",
        },
    )
    return client


def _user(username: str, given: str, family: str, password: str | None) -> tuple[User, str]:
    user, _ = User.objects.get_or_create(
        username=username,
        defaults={"first_name": given, "last_name": family, "is_staff": True},
    )
    if not user.email:  # test e-mails go to it
        user.email = f"{username}@staff.example"
        user.save(update_fields=["email"])
    with no_page_waits():
        if password is None or not user.check_password(password):
            password = secrets.token_urlsafe(12)
            user.set_password(password)
            user.save(update_fields=["password"])
    if not user.is_staff:  # it was let go, and gets its role back
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    return user, password


def _campaign(client: Client, told: dict[str, Any], at: datetime) -> Campaign:
    there = Campaign.objects.filter(slug=told["slug"]).first()
    if there is not None:
        return there
    languages = _said()["languages"]
    campaign = Campaign(
        client=client,
        slug=told["slug"],
        opens_at=(at - timedelta(days=1)).replace(second=0, microsecond=0),
        closes_at=(at + timedelta(weeks=8)).replace(hour=0, minute=0, second=0, microsecond=0),
        languages=languages,
        privacy_url="https://northwind.example/privacy",
        logo_alt=dict.fromkeys(languages, "Northwind"),
        **told["values"],
    )
    mark = wordmark("Northwind", colour=campaign.brand_colour)
    for stored, drawn, use in (
        (campaign.hero_image, seaside(**told["hero"]), HERO),
        (campaign.logo, mark, LOGO),
    ):
        picture = tidy_picture(io.BytesIO(drawn), use=use)
        stored.save(str(picture.name), picture, save=False)
    campaign.save()
    for position, name in enumerate(told["rows"]):
        row = {"position": position, "routes": campaign.routes, **_said()["rows"][name]}
        FormField.objects.create(campaign=campaign, name=name, **row)
    for name in told["limits"]:
        preset = preset_named(name)
        assert preset is not None
        apply_preset(campaign, preset, actor=None, at=at)
    for position, row in enumerate(told.get("prizes", ())):
        _prize(campaign, row, position=position, at=at)
    return campaign


def _prize(campaign: Campaign, told: dict[str, Any], *, position: int, at: datetime) -> None:
    """Make a prize with what it needs to be tried by hand: its moments are due from the opening on."""
    assert campaign.opens_at is not None
    prize = Prize.objects.create(campaign=campaign, position=position, **told)
    if prize.mechanic == Mechanic.MOMENT:
        Prize.objects.filter(pk=prize.pk).update(pace=Pace.LIST)
        times = [campaign.opens_at + timedelta(minutes=n) for n in range(prize.stock)]
        BroughtMoments.objects.create(
            prize=prize, times=[one.isoformat() for one in times], brought_at=at
        )
    if prize.kind == PrizeKind.CODE:
        batch = CodeBatch.objects.create(
            prize=prize,
            number=1,
            source=CodeBatch.Source.MADE,
            codes=prize.stock,
            is_complete=True,
            added_at=at,
        )
        codes = [new_code(SystemRandom()) for _ in range(prize.stock)]
        for number, first in enumerate(range(0, len(codes), BLOCK_CODES)):
            block = "\n".join(codes[first : first + BLOCK_CODES])
            CodeBlock.objects.create(batch=batch, number=number, codes=block)


def _facts(campaign: Campaign) -> dict[str, Any]:
    rows, examples = list(campaign.form_fields.all()), _said()["examples"]
    images = [row.name for row in rows if row.kind == FieldKind.RECEIPT_IMAGE]
    newest = campaign.releases.filter(is_test=False).order_by("-number").first()
    return {
        "slug": campaign.slug,
        "page": page_address(campaign),
        "release": newest.number if newest else None,
        "answers": {row.name: examples[row.name] for row in rows if row.name in examples},
        "consents": {row.name: True for row in rows if row.kind == CONSENT and row.required},
        "receipt_field": images[0] if images else None,
        "prizes": [
            {"key": prize.key, "mechanic": prize.mechanic, "stock": prize.stock}
            for prize in Prize.objects.filter(campaign=campaign)
        ],
    }
