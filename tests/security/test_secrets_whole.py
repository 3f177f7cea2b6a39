"""Secrets: a malformed one stops the function, a key on its way is waited for, an invented one opens nothing."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignhub import ingest
from campaignhub.clock.rounds import ROUNDS
from campaignhub.clock.turns import UNLIMITED
from campaignhub.env import Env
from campaigns.publishing.tasks import announce_token_keys
from ingest_lambda import handlers
from ingest_lambda.adapters.tokens import sign, verify
from ingest_lambda.contract.keys import (
    CHALLENGE_SECRETS,
    HEX_SECRET,
    TOKEN_KEYS,
    MalformedSecret,
    challenge_secrets_of,
    check_person_secret,
    token_keys_of,
)
from tests.ingest_lambda.declared import template
from tests.ingest_lambda.writing import KEYS
from tests.security.functions import Context, Functions, Json, cool_down, deployed, envelope
from tests.support.simulated_aws import simulated_aws

NEW = "newest:" + "99" * 32
MALFORMED = [
    "k1:zz",
    "k1:" + "ab" * 31,
    "k1:" + "a" * 65,
    "k1",
    ":" + "ab" * 32,
    "a.b:" + "ab" * 32,
    "k1:" + "ab" * 32 + ",k1:" + "cd" * 32,
    "k1:" + "ab" * 32 + ",",
    "k1:" + "ab" * 32 + ",old:",
]


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    with deployed(monkeypatch) as functions:
        yield functions


def message_of(begun: Json, **changes: Any) -> str:
    said = {
        "submission_id": begun["submission_id"],
        "token": begun["token"],
        "answers": {"email": "ada@example.com"},
    }
    return envelope(json.dumps(said | changes))


# ------------------------------------------------------------ malformed


@pytest.mark.parametrize("keys", MALFORMED)
def test_a_malformed_key_stops_the_writer_and_sends_nobody_s_entry_away(
    functions: Functions, monkeypatch: pytest.MonkeyPatch, keys: str
) -> None:
    begun = functions.begin()
    monkeypatch.setenv("TOKEN_KEYS", keys)
    cool_down()
    with pytest.raises(MalformedSecret):
        functions.write(message_of(begun))
    with pytest.raises(MalformedSecret):
        functions.begin()
    with pytest.raises(MalformedSecret):
        functions.status(begun)
    assert functions.quarantined() == []
    monkeypatch.setenv("TOKEN_KEYS", KEYS)
    cool_down()
    assert functions.write(message_of(begun)) == []
    assert functions.stored(begun).status == "approved"


@pytest.mark.parametrize("secret", ["", "ef" * 31, "e" * 65, "not hex" * 12])
def test_so_does_a_malformed_secret_of_people(
    functions: Functions, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    begun = functions.begin()
    monkeypatch.setenv("PERSON_SECRET", secret)
    cool_down()
    for call in (lambda: functions.write(message_of(begun)), functions.begin):
        with pytest.raises(MalformedSecret):
            call()
    assert functions.quarantined() == []


@pytest.mark.parametrize("secret", ["nothing", "site:", "a:1,,b:2"])
def test_so_does_a_malformed_secret_of_a_challenge(
    functions: Functions, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("CHALLENGE_SECRETS", secret)
    cool_down()
    with pytest.raises(MalformedSecret):
        functions.begin()


def test_the_inner_way_in_stops_as_well(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = {"body": json.dumps({"messageId": "m", "body": message_of(functions.begin())})}
    monkeypatch.setenv("TOKEN_KEYS", "k1:zz")
    cool_down()
    with pytest.raises(MalformedSecret):
        handlers.write_one(event, Context())


@pytest.mark.parametrize("name", ["token_keys", "person_secret"])
def test_so_does_the_site(name: str) -> None:
    with pytest.raises(ValueError, match="at least 32 bytes") as caught:
        Env.model_validate({name: "k1:abcdef"})
    assert "abcdef" not in str(caught.value)


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_secret_is_in_no_message(text: str) -> None:
    with pytest.raises(MalformedSecret) as caught:
        token_keys_of(text)
    assert text not in str(caught.value)


def test_the_template_refuses_what_the_functions_refuse() -> None:
    parameters = template()["Parameters"]
    # Empty where Secrets Manager holds it: one of the two is asked for by the template's rules.
    assert parameters["TokenKeys"]["AllowedPattern"] == f"({TOKEN_KEYS})?"
    assert parameters["PersonSecret"]["AllowedPattern"] == f"({HEX_SECRET})?"
    rules = json.dumps(template()["Rules"])
    assert all(name in rules for name in ("TokenKeysArn", "PersonSecretArn"))
    assert parameters["ChallengeSecrets"]["AllowedPattern"] == CHALLENGE_SECRETS
    for text in MALFORMED:
        if len(set(re.findall("(?:^|,)([^:,]+):", text))) == text.count(":") and text[0] != ":":
            assert not re.fullmatch(parameters["TokenKeys"]["AllowedPattern"], text)


@given(st.from_regex(TOKEN_KEYS, fullmatch=True))
def test_what_the_template_takes_is_a_set_of_keys_unless_two_have_one_name(text: str) -> None:
    names = [pair.split(":")[0] for pair in text.split(",")]
    if len(set(names)) == len(names):
        assert list(token_keys_of(text)) == names
    else:
        with pytest.raises(MalformedSecret):
            token_keys_of(text)


@given(st.from_regex(HEX_SECRET, fullmatch=True), st.from_regex(CHALLENGE_SECRETS, fullmatch=True))
def test_so_it_is_with_the_other_two(person: str, challenge: str) -> None:
    check_person_secret(person)
    sites = [pair.split(":")[0] for pair in challenge.split(",") if pair]
    if len(set(sites)) == len(sites):
        assert list(challenge_secrets_of(challenge)) == sites


# ------------------------------------------------------------ on its way


def test_an_entry_signed_with_a_key_that_is_announced_comes_again_until_the_key_is_here(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = functions.begin()
    ahead = sign(verify(begun["token"], token_keys=KEYS), token_keys=f"{NEW},{KEYS}")
    functions.table.published.announce_token_keys(token_keys_of(f"{NEW},{KEYS}"))
    honest = message_of(begun, token=ahead)
    assert functions.write(honest, receives=4) == [honest]
    assert functions.status(begun, token=ahead)[0] == 503
    assert functions.start(json.dumps({"release": 1, "locale": "en", "token": ahead}))[0] == 503
    assert functions.quarantined() == []

    monkeypatch.setenv("TOKEN_KEYS", f"{NEW},{KEYS}")
    cool_down()
    assert functions.write(honest) == []
    assert functions.stored(begun).status == "approved"


def test_so_does_one_under_a_key_of_which_only_the_name_is_here(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that was changed under its old name, or one digit of it: the name alone tells nothing."""
    begun = functions.begin()
    payload = verify(begun["token"], token_keys=KEYS)
    other = KEYS.replace("ab", "99", 1)
    ahead = sign(payload, token_keys=other)
    assert ahead.split(".")[0] == begun["token"].split(".")[0]
    functions.table.published.announce_token_keys(token_keys_of(other))
    honest = message_of(begun, token=ahead)
    assert functions.write(honest, receives=4) == [honest]
    assert functions.status(begun, token=ahead)[0] == 503
    assert functions.quarantined() == []

    monkeypatch.setenv("TOKEN_KEYS", other)
    cool_down()
    assert functions.write(honest) == []
    assert functions.stored(begun).status == "approved"


def test_names_that_an_earlier_version_announced_are_read(functions: Functions) -> None:
    names = {"pk": {"S": "TOKEN_KEYS"}, "sk": {"S": "ANNOUNCED"}, "names": {"S": '["newest"]'}}
    functions.table.store.client.put_item(TableName="t", Item=names)
    begun = functions.begin()
    payload = verify(begun["token"], token_keys=KEYS)
    ahead = message_of(begun, token=sign(payload, token_keys=NEW))
    assert functions.write(ahead) == [ahead]
    forged = message_of(begun, token=begun["token"][:-2] + "xx")
    assert functions.write(forged) == []
    assert functions.quarantined() == ["bad_token"]


@pytest.mark.parametrize(
    "token",
    [
        "invented.aaaaaaaaaaaaaaaaaaaa.bbbb",
        "newest.aaaaaaaaaaaaaaaaaaaa.bbbb",
        "newest." + "x" * 40,
    ],
)
def test_a_name_that_nobody_announced_is_anybody_s_and_comes_once(
    functions: Functions, token: str
) -> None:
    functions.table.published.announce_token_keys(token_keys_of(KEYS))
    begun = functions.begin()
    assert functions.write(message_of(begun, token=token)) == []
    assert functions.quarantined() == ["bad_token"]
    assert functions.status(begun, token=token)[0] == 401


def test_a_forgery_under_a_key_that_is_here_comes_once_whatever_is_announced(
    functions: Functions,
) -> None:
    functions.table.published.announce_token_keys(token_keys_of(f"{NEW},{KEYS}"))
    begun = functions.begin()
    name, payload, _ = begun["token"].split(".")
    assert functions.write(message_of(begun, token=f"{name}.{payload}.forged")) == []
    assert functions.quarantined() == ["bad_token"]


def test_a_key_that_was_taken_out_of_use_makes_nothing_come_again(functions: Functions) -> None:
    """Else whoever kept an old token could have messages delivered for ever."""
    functions.table.published.announce_token_keys(token_keys_of(f"{NEW},{KEYS}"))
    begun = functions.begin()
    old = message_of(begun, token=sign(verify(begun["token"], token_keys=KEYS), token_keys=NEW))
    assert functions.write(old) == [old]
    functions.table.published.announce_token_keys(token_keys_of(KEYS))
    cool_down()
    assert functions.write(old) == []
    assert functions.quarantined() == ["bad_token"]


def test_a_token_of_ours_that_this_version_cannot_read_is_no_stranger_s(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer version of ``start`` may sign what an older writer has never seen."""
    begun = functions.begin()
    payload = verify(begun["token"], token_keys=KEYS)
    newer = sign(payload.model_copy(update={"locale": "not a language"}), token_keys=KEYS)
    honest = message_of(begun, token=newer)
    assert functions.write(honest) == [honest]
    assert functions.quarantined() == []


def test_the_site_announces_the_names_of_its_keys_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with simulated_aws(monkeypatch):
        announce_token_keys(UNLIMITED)
        table = ingest.clients.submissions_table()
        assert table.published.announced_token_keys().keys() == {"t1"}
        item = table.store.client.get_item(
            TableName=table.store.name, Key={"pk": {"S": "TOKEN_KEYS"}, "sk": {"S": "ANNOUNCED"}}
        )["Item"]
        assert "11" * 16 not in json.dumps(item)
    assert ROUNDS["publishing.announce_token_keys"].every_seconds <= 60
