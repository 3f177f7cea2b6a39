"""The clock of haste outlives a renewed session: a later start carries the first token of its form."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ingest_lambda.adapters.tokens import verify
from ingest_lambda.contract import Purpose, StartRequest
from ingest_lambda.functions.start import Caller
from tests.ingest_lambda.public_path import NOON, TOKEN_KEYS, World, open_world, token


@pytest.fixture
def world() -> Iterator[World]:
    with open_world() as world:
        yield world


def touched(world: World, *, at=NOON, **request: Any):
    asked = StartRequest.model_validate({"release": 2, "locale": "en"} | request)
    answer = world.starter.start("summer", asked, caller=Caller(), at=at)
    return answer.token, verify(answer.token, token_keys=TOKEN_KEYS).touched_at


def test_a_form_is_as_old_as_its_first_token_also_at_the_third(world: World):
    first, none = touched(world)
    second, since_first = touched(world, at=NOON + timedelta(hours=1), since=first)
    _, still = touched(world, at=NOON + timedelta(hours=2), since=second)
    assert none is None
    assert since_first == still == NOON


def test_a_new_submission_has_a_time_of_its_own_all_the_same(world: World):
    first, _ = touched(world)
    second, _ = touched(world, at=NOON + timedelta(hours=1), since=first)
    said = verify(second, token_keys=TOKEN_KEYS)
    assert said.issued_at == NOON + timedelta(hours=1)
    assert said.expires_at == NOON + timedelta(hours=25)


@pytest.mark.parametrize(
    "since",
    [
        "nonsense",
        "",
        "k1.e30.c2lnbmF0dXJl",
        token(slug="winter"),
        token(purpose=Purpose.STATUS),
        token(mode="test"),
        token() + "x",
        "é.é.é",
    ],
    ids=range(8),
)
def test_what_is_no_token_of_this_campaigns_form_says_nothing_and_refuses_nothing(
    world: World, since: str
):
    assert touched(world, since=since)[1] is None
