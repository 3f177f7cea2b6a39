"""Keys of partners: made in the plan of their class, shown once, gone when revoked."""

from collections.abc import Callable, Iterator
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from django.core.management import CommandError, call_command

from campaignhub import aws, ingest
from campaignhub.env import env
from campaigns.access.models import BlockEntry, PartnerKey
from campaigns.access.services import partners
from campaigns.access.services.blocks import block
from campaigns.access.services.partners import (
    GatewayAway,
    PartnerNameTaken,
    PartnerRateOutOfBounds,
    make_partner_key,
    revoke_partner_key,
)
from campaigns.accounts.models import AuditEntry
from ingest_lambda.adapters.table import Partner, Table
from tests.campaigns.conftest import make_table
from tests.campaigns.factories import NOON, make_client
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def gateway(table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    aws.api_gateway.cache_clear()
    service = aws.api_gateway()
    monkeypatch.setattr(env(), "api_id", service.create_rest_api(name="campaignhub")["id"])
    monkeypatch.setattr(env(), "api_stage_name", "live")
    yield service
    aws.api_gateway.cache_clear()


def test_a_key_is_let_in_with_the_plan_of_its_class_and_shown_once(gateway: Any) -> None:
    client = make_client()
    made = make_partner_key(
        client, name=" Kiosks ", actor=None, at=NOON, rate_per_second=25, quota_per_day=5000
    )
    held = gateway.get_api_key(apiKey=made.key.key_id, includeValue=True)
    assert held["enabled"]
    assert held["value"] == made.value
    plan = gateway.get_usage_plan(usagePlanId=made.key.usage_plan_id)
    assert plan["throttle"] == {"rateLimit": 25.0, "burstLimit": 25}
    assert plan["quota"] == {"limit": 5000, "period": "DAY"}
    assert plan["apiStages"] == [{"apiId": env().api_id, "stage": "live"}]
    keys = gateway.get_usage_plan_keys(usagePlanId=plan["id"])["items"]
    assert [key["id"] for key in keys] == [made.key.key_id]
    assert str(made.key) == f"Kiosks · …{made.value[-4:]}"
    everything = f"{PartnerKey.objects.values()} {AuditEntry.objects.values()}"
    assert made.value not in everything


def test_keys_of_one_class_share_a_plan_whose_limits_count_for_each_key_apart(gateway: Any) -> None:
    client, classes = make_client(), [(25, 5000), (25, 5000), (25, None), (10, 5000)]
    keys = [
        make_partner_key(
            client, name=f"{place}", actor=None, at=NOON, rate_per_second=rate, quota_per_day=quota
        ).key
        for place, (rate, quota) in enumerate(classes)
    ]
    plans = [key.usage_plan_id for key in keys]
    assert plans[0] == plans[1]
    assert len(set(plans)) == 3
    assert len(gateway.get_usage_plans()["items"]) == 3
    revoke_partner_key(keys[0], actor=None, at=NOON)
    left = gateway.get_usage_plan_keys(usagePlanId=plans[1])["items"]
    assert keys[1].key_id in {key["id"] for key in left}
    assert gateway.get_api_key(apiKey=keys[1].key_id)["enabled"]


def test_a_key_is_bound_to_its_client_under_its_hash_until_it_is_revoked(table: Table) -> None:
    client = make_client()
    made = make_partner_key(client, name="K" * 80, actor=None, at=NOON)
    assert made.key.key_hash == ingest.api_key_hash(made.value)
    assert table.published.partner(made.key.key_hash) == Partner(str(client.pk), "K" * 60)
    revoke_partner_key(made.key, actor=None, at=NOON)
    assert table.published.partner(made.key.key_hash) is None


def test_republish_binds_the_keys_in_use_again_and_no_others(table: Table) -> None:
    client = make_client()
    used, revoked = (
        make_partner_key(client, name=name, actor=None, at=NOON).key for name in ("used", "gone")
    )
    revoke_partner_key(revoked, actor=None, at=NOON)
    block(client, kind=BlockEntry.Kind.EMAIL, value="eve@example.com", actor=None, at=NOON)
    emptied = make_table()
    call_command("republish")
    assert emptied.published.partner(used.key_hash) == Partner(str(client.pk), "used")
    assert emptied.published.partner(revoked.key_hash) is None
    assert len(emptied.published.block_list(str(client.pk))) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_key_revoked_while_all_are_bound_again_stays_unbound(table: Table) -> None:
    key = make_partner_key(make_client(), name="Kiosks", actor=None, at=NOON).key
    at_once(partners.bind_partner_keys, lambda: revoke_partner_key(key, actor=None, at=NOON))
    assert table.published.partner(key.key_hash) is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_makes_a_key_and_the_other_hears_that_its_name_is_taken(
    gateway: Any, table: Table
) -> None:
    client = make_client()
    both_have_looked = Barrier(2)

    def hold(**_: Any) -> None:
        both_have_looked.wait(10)

    gateway.meta.events.register("before-call.apigateway.CreateApiKey", hold)
    press = partial(make_partner_key, client, name="Kiosks", actor=None, at=NOON)
    answers = at_once(press, press)
    [made] = [one for one in answers if not isinstance(one, PartnerNameTaken)]
    assert PartnerKey.objects.get() == made.key
    assert [key["id"] for key in gateway.get_api_keys()["items"]] == [made.key.key_id]
    assert table.published.partner(made.key.key_hash)


def test_a_key_from_before_keys_had_a_client_is_bound_to_none_and_can_be_revoked(
    gateway: Any, table: Table
) -> None:
    key = make_partner_key(make_client(), name="Kiosks", actor=None, at=NOON).key
    table.published.drop_partner(key.key_hash)
    PartnerKey.objects.update(key_hash="")
    partners.bind_partner_keys()
    assert table.published.partner("") is None
    key.refresh_from_db()
    assert revoke_partner_key(key, actor=None, at=NOON).revoked_at == NOON


def test_without_the_table_no_key_is_made_none_revoked_and_republish_says_so(
    table_down: Callable[[bool], None], capsys: pytest.CaptureFixture[str]
) -> None:
    client = make_client()
    made = make_partner_key(client, name="Kiosks", actor=None, at=NOON)
    table_down(True)
    with pytest.raises(GatewayAway):
        make_partner_key(client, name="Another", actor=None, at=NOON)
    with pytest.raises(GatewayAway):
        revoke_partner_key(made.key, actor=None, at=NOON)
    with pytest.raises(CommandError, match="partners' keys"):
        call_command("republish")
    assert PartnerKey.objects.get().revoked_at is None
    table_down(False)
    assert revoke_partner_key(made.key, actor=None, at=NOON).revoked_at == NOON


def test_a_revoked_key_is_gone_and_its_name_free_again(gateway: Any) -> None:
    client = make_client()
    made = make_partner_key(client, name="Kiosks", actor=None, at=NOON)
    with pytest.raises(PartnerNameTaken):
        make_partner_key(client, name="Kiosks", actor=None, at=NOON)
    revoked = revoke_partner_key(made.key, actor=None, at=NOON)
    assert revoked.revoked_at == NOON
    with pytest.raises(gateway.exceptions.NotFoundException):
        gateway.get_api_key(apiKey=made.key.key_id)
    revoke_partner_key(made.key, actor=None, at=NOON)
    assert revoke_partner_key(revoked, actor=None, at=NOON) == revoked
    assert AuditEntry.objects.filter(code="partner.key_revoked").count() == 1
    assert make_partner_key(client, name="Kiosks", actor=None, at=NOON).key.revoked_at is None


@pytest.mark.parametrize("rate", [0, 501])
def test_a_rate_is_one_the_gateway_can_admit(rate: int) -> None:
    with pytest.raises(PartnerRateOutOfBounds):
        make_partner_key(make_client(), name="Kiosks", actor=None, at=NOON, rate_per_second=rate)


class Failing:
    """The gateway, of which one call does not answer."""

    def __init__(self, gateway: Any, call: str) -> None:
        self._gateway = gateway
        self._call = call

    def __getattr__(self, name: str) -> Any:
        if name != self._call:
            return getattr(self._gateway, name)

        def away(**_arguments: Any) -> None:
            raise ReadTimeoutError(endpoint_url="http://away")

        return away


@pytest.mark.parametrize(
    "call", ["create_api_key", "create_usage_plan", "create_usage_plan_key", "update_api_key"]
)
def test_a_failure_at_any_step_leaves_neither_key_nor_row(
    gateway: Any, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partners, "api_gateway", lambda: Failing(gateway, call))
    with pytest.raises(GatewayAway):
        make_partner_key(make_client(), name="Kiosks", actor=None, at=NOON)
    assert gateway.get_api_keys()["items"] == []
    assert not PartnerKey.objects.exists()


def test_a_key_that_could_not_be_revoked_still_stands_in_the_list(
    gateway: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_partner_key(make_client(), name="Kiosks", actor=None, at=NOON)
    monkeypatch.setattr(partners, "api_gateway", lambda: Failing(gateway, "delete_api_key"))
    with pytest.raises(GatewayAway):
        revoke_partner_key(made.key, actor=None, at=NOON)
    assert PartnerKey.objects.get().revoked_at is None
