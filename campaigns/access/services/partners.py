"""Keys of partners: made at the gateway, bound to a client in the table, shown once, revoked."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.db import IntegrityError, transaction

from campaignhub import ingest
from campaignhub.aws import api_gateway
from campaignhub.env import env
from campaignhub.errors import DomainError
from campaigns.access.models import PartnerKey
from campaigns.accounts.models import Client, User
from campaigns.accounts.services import audit

MOST_PER_SECOND = 500


class GatewayAway(DomainError):
    """The gateway, or the table, does not answer; nothing was changed."""


class PartnerNameTaken(DomainError):
    """A key of this name is in use; two could not be told apart."""


class PartnerRateOutOfBounds(DomainError):
    """A partner's rate is a number of requests per second that the gateway can admit."""


@dataclass(frozen=True)
class NewPartnerKey:
    """A key that was just made. ``value`` is shown this one time and kept nowhere here."""

    key: PartnerKey
    value: str


def make_partner_key(
    client: Client,
    *,
    name: str,
    actor: User | None,
    at: datetime,
    rate_per_second: int = 10,
    quota_per_day: int | None = None,
) -> NewPartnerKey:
    """Make a key in the usage plan of its class: rate and quota.

    A plan's limits count for each of its keys apart, so one partner cannot use up
    another's share; and a region holds 300 plans, but as many keys as there are.

    The gateway lets a key in; which campaigns it opens is in the table, under
    the key's hash, and one that is not bound there opens nothing. It is made
    disabled, bound, and let in last, while the row that lists it is not yet
    committed: what a crash leaves before that opens nothing, and what it leaves
    after it was shown to nobody. Whoever holds a key finds it in the list.

    Raises:
        PartnerNameTaken, PartnerRateOutOfBounds: see there.
        GatewayAway: try again later.
    """
    name = name.strip()[:80]
    if not 1 <= rate_per_second <= MOST_PER_SECOND:
        raise PartnerRateOutOfBounds(f"Give a rate from 1 to {MOST_PER_SECOND} requests a second.")
    taken = PartnerNameTaken(
        f"A key called {name} is in use. Revoke it first, or choose another name."
    )
    named = PartnerKey.objects.filter(client=client, name=name, revoked_at=None)
    if named.exists():
        raise taken
    made = _make_at_gateway(client, name, rate_per_second, quota_per_day)
    try:
        with transaction.atomic():
            key = PartnerKey.objects.create(
                client=client,
                name=name,
                key_id=made["key_id"],
                key_hash=ingest.api_key_hash(made["value"]),
                usage_plan_id=made["usage_plan_id"],
                last_four=made["value"][-4:],
                rate_per_second=rate_per_second,
                quota_per_day=quota_per_day,
                created_at=at,
                created_by=actor,
            )
            audit.record(
                key,
                "partner.key_made",
                actor=actor,
                at=at,
                after={"name": name, "rate": rate_per_second, "quota": quota_per_day},
            )
            _bind(key)
            _let_in(made["key_id"])
    except (GatewayAway, IntegrityError) as exc:
        _remove(made["key_id"])
        with suppress(ingest.IngestBusy):
            ingest.unbind_partner(ingest.api_key_hash(made["value"]))
        if isinstance(exc, IntegrityError) and named.exists():
            raise taken from exc  # by another press, while the gateway made this one
        raise
    return NewPartnerKey(key, made["value"])


def revoke_partner_key(key: PartnerKey, *, actor: User | None, at: datetime) -> PartnerKey:
    """Take a partner's key away at the gateway and in the table, then in our list; again is harmless.

    Raises:
        GatewayAway: it still works; try again.
    """
    if key.revoked_at is not None:
        return key
    with transaction.atomic():
        key = PartnerKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
        try:
            _remove_or_raise(key.key_id)
            ingest.unbind_partner(key.key_hash)
        except (BotoCoreError, ClientError, ingest.IngestBusy) as error:
            raise GatewayAway("AWS doesn't answer; the key may still work. Try again.") from error
        if key.revoked_at is None:
            key.revoked_at, key.revoked_by = at, actor
            key.save(update_fields=["revoked_at", "revoked_by"])
            audit.record(key, "partner.key_revoked", actor=actor, at=at, after={"name": key.name})
    return key


def bind_partner_keys() -> None:
    """Write again into the table which client each key in use belongs to.

    Each under its row's lock, so that one that is revoked at this moment is not
    bound once more behind it.

    Raises:
        GatewayAway: the table does not answer.
    """
    in_use = PartnerKey.objects.filter(revoked_at=None).exclude(key_hash="")
    for key_id in in_use.values_list("pk", flat=True):
        with transaction.atomic():
            key = in_use.select_for_update().filter(pk=key_id).first()
            if key is not None:
                _bind(key)


def _bind(key: PartnerKey) -> None:
    try:
        ingest.bind_partner(key.key_hash, client_id=str(key.client_id), name=key.name[:60])
    except ingest.IngestBusy as error:
        raise GatewayAway("The table doesn't answer. Try again.") from error


def _make_at_gateway(client: Client, name: str, rate: int, quota: int | None) -> dict[str, str]:
    gateway, label = api_gateway(), f"client-{client.pk}-{name}"
    key_id = ""
    try:
        made = gateway.create_api_key(name=label, enabled=False, generateDistinctId=True)
        key_id = made["id"]
        plan_id = _plan_of_class(rate, quota)
        gateway.create_usage_plan_key(usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")
    except (BotoCoreError, ClientError) as error:
        _remove(key_id)
        raise GatewayAway("The gateway doesn't answer; no key was made. Try again.") from error
    return {"key_id": key_id, "usage_plan_id": plan_id, "value": made["value"]}


def _plan_of_class(rate: int, quota: int | None) -> str:
    """Return the id of the plan with these limits; it is made for its first key and stays.

    Two that make the first at once make two of one name, each as good as the other.
    """
    gateway, api, stage = api_gateway(), env().api_id, env().api_stage_name
    name = f"{api}-{stage}-{rate}-a-second-{quota or 'any'}-a-day"
    for page in gateway.get_paginator("get_usage_plans").paginate(limit=500):
        for plan in page.get("items", ()):
            if plan.get("name") == name:
                return str(plan["id"])
    limits: dict[str, Any] = {"throttle": {"rateLimit": rate, "burstLimit": rate}}
    if quota:
        limits["quota"] = {"limit": quota, "period": "DAY"}
    made = gateway.create_usage_plan(
        name=name, apiStages=[{"apiId": api, "stage": stage}], **limits
    )
    return str(made["id"])


def _let_in(key_id: str) -> None:
    enable = [{"op": "replace", "path": "/enabled", "value": "true"}]
    try:
        api_gateway().update_api_key(apiKey=key_id, patchOperations=enable)
    except (BotoCoreError, ClientError) as error:
        raise GatewayAway("The gateway doesn't answer; no key was made. Try again.") from error


def _remove(key_id: str) -> None:
    """Clear up what a failure left; what cannot be reached is disabled and opens nothing."""
    with suppress(BotoCoreError, ClientError):
        _remove_or_raise(key_id)


def _remove_or_raise(key_id: str) -> None:
    gateway = api_gateway()
    if key_id:
        with suppress(gateway.exceptions.NotFoundException):
            gateway.delete_api_key(apiKey=key_id)
