"""The demo: a client with staff and two live campaigns, and a second client who must see nothing of it."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from campaignhub.env import env
from campaigns.models import Campaign, Client, FormField, Limit, Membership, User
from campaigns.models.form import CONSENT
from campaigns.rules.roles import Role
from campaigns.services.publish import publish_campaign
from ingest_lambda.contract import FieldKind, LimitScope, Meaning, ReviewMode, Route, WindowKind

STAFF = (
    ("olivia", "Olivia", "Owner", Role.OWNER),
    ("max", "Max", "Manager", Role.CAMPAIGN_MANAGER),
    ("mo", "Mo", "Moderator", Role.MODERATOR),
)
_RULES = {
    "en": "1. The promoter is named below. 2. Buy two packs of Northwind iced tea between the "
    "opening and the closing date, and send a photo of the receipt. 3. One entry per receipt, one "
    "per person a day and ten per person in all. 4. Every entry is looked at by a person within "
    "three working days. 5. Open to residents of the United Kingdom aged 18 or over.",
    "es": "1. El organizador figura abajo. 2. Compra dos paquetes de té helado Northwind entre las "
    "fechas de inicio y fin y envía una foto del recibo. 3. Una participación por recibo, una al "
    "día por persona y diez en total. 4. Una persona mira cada participación en tres días "
    "laborables. 5. Para mayores de 18 años residentes en el Reino Unido.",
}


@dataclass
class Demo:
    """What the demo is made of, as ``var/up.json`` names it."""

    accounts: list[dict[str, str]] = field(default_factory=list)
    campaigns: list[dict[str, Any]] = field(default_factory=list)


@transaction.atomic
def make_demo(*, at: datetime, known_accounts: list[dict[str, str]]) -> Demo:
    """Make the demo where it is missing; the second time changes nothing.

    Passwords are made up at the first start and cannot be read back, so the
    caller hands in those it remembers; an account that nobody remembers gets a
    new one.
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
    for make in (_summer_receipts, _quick_draw):
        campaign = make(northwind, at)
        if not campaign.releases.exists():
            publish_campaign(campaign, actor=None, at=at)
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
    if password is None or not user.check_password(password):
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.save(update_fields=["password"])
    return user, password


def _campaign(client: Client, slug: str, at: datetime, **values: Any) -> tuple[Campaign, bool]:
    end = (at + timedelta(weeks=8)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Campaign.objects.get_or_create(
        slug=slug,
        defaults={
            "client": client,
            "opens_at": at - timedelta(days=1),
            "closes_at": end,
            "languages": ["en", "es"],
            "privacy_url": "https://northwind.example/privacy",
            "rules": _RULES,
            **values,
        },
    )


def _summer_receipts(client: Client, at: datetime) -> Campaign:
    campaign, made = _campaign(
        client,
        "summer-receipts",
        at,
        name="Summer receipts",
        headline={"en": "Win a weekend for four", "es": "Gana un fin de semana para cuatro"},
        supporting={
            "en": "Buy two packs, send the receipt, and you're in.",
            "es": "Compra dos paquetes, envía el recibo y ya participas.",
        },
        prizes={
            "en": "10 weekends for four by the sea",
            "es": "10 fines de semana para cuatro junto al mar",
        },
        review_mode=ReviewMode.EVERY.value,
    )
    if made:
        _rows(campaign, receipt=True)
        person, receipt = LimitScope.PERSON.value, LimitScope.RECEIPT.value
        Limit.objects.create(campaign=campaign, scope=person, count=1, window=WindowKind.DAY.value)
        Limit.objects.create(
            campaign=campaign, scope=person, count=10, window=WindowKind.CAMPAIGN.value
        )
        Limit.objects.create(
            campaign=campaign, scope=receipt, count=1, window=WindowKind.CAMPAIGN.value
        )
    return campaign


def _quick_draw(client: Client, at: datetime) -> Campaign:
    campaign, made = _campaign(
        client,
        "quick-draw",
        at,
        name="Quick draw",
        headline={"en": "One minute, one chance", "es": "Un minuto, una oportunidad"},
        supporting={
            "en": "Tell us where to reach you. That's all.",
            "es": "Dinos dónde encontrarte. Nada más.",
        },
        prizes={"en": "50 hampers of iced tea", "es": "50 cestas de té helado"},
        routes=[Route.FREE.value],
        review_mode=ReviewMode.NONE.value,
        brand_colour="#5b2a86",
    )
    if made:
        _rows(campaign, receipt=False)
    return campaign


def _rows(campaign: Campaign, *, receipt: bool) -> None:
    text, routes = FieldKind.TEXT.value, campaign.routes
    rows: list[dict[str, Any]] = []
    if receipt:
        rows.append(
            {
                "name": "receipt",
                "kind": FieldKind.RECEIPT_IMAGE.value,
                "label": {"en": "Your receipt", "es": "Tu recibo"},
            }
        )
    rows += [
        {
            "name": "given_name",
            "kind": text,
            "meaning": Meaning.GIVEN_NAME.value,
            "label": {"en": "First name", "es": "Nombre"},
            "max_length": 80,
        },
        {
            "name": "family_name",
            "kind": text,
            "meaning": Meaning.FAMILY_NAME.value,
            "label": {"en": "Last name", "es": "Apellidos"},
            "max_length": 80,
        },
        {
            "name": "email",
            "kind": FieldKind.EMAIL.value,
            "meaning": Meaning.EMAIL.value,
            "label": {"en": "E-mail", "es": "Correo electrónico"},
        },
        {
            "name": "accept_rules",
            "kind": CONSENT,
            "label": {
                "en": "I'm 18 or over, live in the UK and accept the official rules.",
                "es": "Soy mayor de 18 años, vivo en el Reino Unido y acepto las bases.",
            },
        },
        {
            "name": "newsletter",
            "kind": CONSENT,
            "required": False,
            "label": {
                "en": "Tell me about new flavours by e-mail.",
                "es": "Quiero recibir noticias por correo.",
            },
        },
    ]
    for position, row in enumerate(rows):
        FormField.objects.create(campaign=campaign, position=position, routes=routes, **row)


def _facts(campaign: Campaign) -> dict[str, Any]:
    rows = list(campaign.form_fields.all())
    examples = {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.com"}
    images = [row.name for row in rows if row.kind == FieldKind.RECEIPT_IMAGE]
    return {
        "slug": campaign.slug,
        "page": f"{env().public_site_url}/c/{campaign.slug}/",
        "release": campaign.releases.values_list("number", flat=True).first(),
        "answers": {row.name: examples[row.name] for row in rows if row.name in examples},
        "consents": {row.name: True for row in rows if row.kind == CONSENT and row.required},
        "receipt_field": images[0] if images else None,
    }
