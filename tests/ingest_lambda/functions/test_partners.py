"""A partner's key opens the campaigns of the client it was made for, and to it no others exist."""

from collections.abc import Iterator
from typing import Any

import pytest

from ingest_lambda import errors
from ingest_lambda.adapters.releases import ABSENT_SECONDS, CURRENT_SECONDS, Releases
from ingest_lambda.adapters.table import Partner
from ingest_lambda.adapters.tokens import verify
from ingest_lambda.contract import Channel, StartRequest, TokenPayload
from ingest_lambda.functions.start import Caller, Starter
from ingest_lambda.rules.people import api_key_hash
from tests.ingest_lambda.public_path import (
    CURRENT,
    MANIFEST,
    NOON,
    TOKEN_KEYS,
    World,
    open_world,
    token,
)

OURS = Partner(client_id="k1", name="Kiosks")
THEIRS = Partner(client_id="k2", name="Call centre")


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        world.table.published.put_partner(api_key_hash("ours"), OURS)
        world.table.published.put_partner(api_key_hash("theirs"), THEIRS)
        yield world


def start(
    world: World, key: str | None, *, by: Starter | None = None, **request: Any
) -> TokenPayload:
    asked = StartRequest.model_validate({"release": 2, "locale": "en"} | request)
    caller = Caller(channel=Channel.PARTNER, api_key=key)
    answer = (by or world.starter).start("summer", asked, caller=caller, at=NOON)
    return verify(answer.token, token_keys=TOKEN_KEYS)


def test_an_entry_carries_the_partners_name_and_nothing_of_its_key(world: World) -> None:
    payload = start(world, "ours")
    assert (payload.channel, payload.partner) == (Channel.PARTNER, "Kiosks")
    assert "ours" not in payload.model_dump_json()
    assert api_key_hash("ours") not in payload.model_dump_json()


@pytest.mark.parametrize("key", ["theirs", "nobody's", "", None])
def test_to_any_other_key_the_campaign_does_not_exist(world: World, key: str | None) -> None:
    with pytest.raises(errors.UnknownCampaign):
        start(world, key)


def test_a_stranger_learns_not_even_that_a_campaign_is_paused_or_has_another_release(
    world: World,
) -> None:
    world.table.published.set_current(CURRENT.model_copy(update={"paused": True, "revision": 1}))
    with pytest.raises(errors.UnknownCampaign):
        start(world, "theirs")
    with pytest.raises(errors.UnknownCampaign):
        start(world, "theirs", release=1)
    with pytest.raises(errors.UnknownCampaign):
        start(world, "theirs", token="a".ljust(20, "."))
    with pytest.raises(errors.Paused):
        start(world, "ours")


def test_another_partners_entry_cannot_be_gone_on_with(world: World) -> None:
    with pytest.raises(errors.UnknownCampaign):
        start(world, "theirs", token=token())
    assert start(world, "ours", token=token()).campaign_id == MANIFEST.campaign_id


def test_a_revoked_key_opens_nothing_within_half_a_minute_and_a_new_one_opens_at_once(
    world: World,
) -> None:
    now = [0.0]
    memory = Releases(world.table, clock=lambda: now[0])
    assert memory.partner(api_key_hash("ours")) == OURS
    world.table.published.drop_partner(api_key_hash("ours"))
    world.table.published.drop_partner(api_key_hash("ours"))
    assert memory.partner(api_key_hash("ours")) == OURS
    now[0] = CURRENT_SECONDS
    assert memory.partner(api_key_hash("ours")) is None

    world.table.published.put_partner(api_key_hash("ours"), OURS)
    now[0] += ABSENT_SECONDS
    assert memory.partner(api_key_hash("ours")) == OURS


def test_keys_that_nobody_has_fill_no_memory(world: World) -> None:
    memory = Releases(world.table, clock=lambda: 0.0)
    for number in range(1005):
        memory.partner(f"{number}")
    assert len(memory._partners) < 1000
